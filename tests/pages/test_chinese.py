"""Chinese pages: no comma, colon or bracket of the Latin script among Chinese words."""

import re

import pytest
from django.core.management import call_command

from teams.models import User
from tests.every_page import pages

pytestmark = pytest.mark.django_db

HAN = r"[\u4e00-\u9fff“”《》（）]"
LATIN_MARK = re.compile(rf"{HAN}[,;:!](?!\w)|{HAN} ?\.(?!\d)|[,;:!] ?{HAN}|\({HAN}|{HAN}\)")
UNSEEN = re.compile(r"(?s)<(script|style|option|svg|textarea)\b.*?</\1>|<!--.*?-->")


def words(html):
    """Return the text of a page in one line, blocks apart, inline elements not."""
    html = UNSEEN.sub("", html)
    html = re.sub(r"</?(b|i|a|span|small|em|strong|kbd|time|code)\b[^>]*>", "", html)
    return re.sub(r"\s*<[^>]*>\s*", " | ", re.sub(r"\s+", " ", html))


def test_chinese_words_stand_between_chinese_marks(client, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "keel-page-tests-1")
    call_command("seed_demo", verbosity=0)
    call_command("nightly", verbosity=0)
    director = User.objects.get(username="director")
    User.objects.filter(pk=director.pk).update(language="zh-hans")
    client.force_login(director)

    for path in pages():
        html = client.get(path, follow=True).content.decode()
        assert '<html lang="zh-hans"' in html, path

        text = words(html)

        found = [text[max(0, at.start() - 30) : at.end() + 30] for at in LATIN_MARK.finditer(text)]
        assert found == [], path
        assert "---" not in html, path  # Django's own word for nothing chosen


def test_the_guard_sees_a_latin_mark():
    """Planted: what the pages said before."""
    for planted in (
        "高风险</b>, 未处理",
        "按毛利, CNY",
        "中级: 级别",
        "(高科技)",
        "7 家客户, 7.0%",
        "共 91 条 . 自",
    ):
        assert LATIN_MARK.search(words(f"<p>{planted}</p>")), planted

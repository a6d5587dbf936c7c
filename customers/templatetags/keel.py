"""The product's own template tags and filters; built in, so no template loads them."""

import re
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers import figures, icons, parts, sparks
from customers.models import Stage, Tier

register = template.Library()

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
LEVELS = {"none": _("None"), "low": _("Low"), "watch": _("Watch"), "high": _("High")}
STAGE_NUMBERS: dict[str, int] = {
    stage: number for number, stage in enumerate(list(Stage)[:5], start=1)
}


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon by its name in the product; see customers/icons.py."""
    return icons.draw(str(name), str(label), css)


@register.simple_tag
def part(name: str, **values: Any) -> SafeString:
    """Draw a template of parts/ that depends on nothing but its values; see customers/parts.py."""
    return parts.draw(name, **values)


@register.simple_tag(takes_context=True)
def query(context, **changes: Any) -> str:
    """Return the current query string with changes; None takes a key out."""
    kept = context["request"].GET.copy() if "request" in context else None
    if kept is None:
        return ""
    for key, value in changes.items():
        if value is None or value == "":
            kept.pop(key, None)
        elif isinstance(value, list | tuple):
            kept.setlist(key, [str(item) for item in value])
        else:
            kept[key] = str(value)
    return f"?{kept.urlencode()}"


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Return minor units in full: ¥18,630,000.00; nothing for None."""
    return "" if minor is None else figures.money(int(minor), currency)


@register.filter
def compact(minor: int | None, currency: str) -> str:
    """Return minor units to four figures: ¥18.63M, 1,863 万元; nothing for None."""
    return "" if minor is None else figures.compact(int(minor), currency)


@register.filter
def percent(fraction: Any, digits: int = 0) -> str:
    """Return a fraction as a percentage: 38%; nothing for None."""
    return "" if fraction is None else figures.percent(fraction, digits)


@register.filter
def short_date(day: Any) -> str:
    """Return a day without the year where it is this one; nothing for None."""
    return figures.short_date(day) if day else ""


@register.filter
def moment(at: Any) -> str:
    """Return a moment to the minute: 14 Sep, 15:04; nothing for None."""
    return figures.moment(at) if at else ""


@register.filter
def listed(items: Any) -> str:
    """Return items as a list in a line, with the comma of the language."""
    return figures.listed(items)


@register.filter
def month_of(day: Any) -> str:
    """Return the month and year of a day; nothing for None."""
    return figures.short_month(day, year=True) if day else ""


@register.filter
def near_date(day: Any) -> str:
    """Return a day of the coming week by its name, others by their date; nothing for None."""
    return figures.near_date(day) if day else ""


@register.filter
def days_since(day: Any) -> int | None:
    """Return how many days ago a day was; None for None."""
    return figures.days_since(day) if day else None


@register.filter
def marked(text: Any) -> SafeString:
    """Return a name, marked as Chinese where it is, so that it is spoken and broken as such."""
    if HAN.search(str(text)):
        return format_html('<span lang="zh-Hans">{}</span>', text)
    return conditional_escape(text)


@register.filter
def lit(text: Any, sought: str) -> SafeString:
    """Return a name with the part of it that somebody searched for lit up."""
    found = re.search(re.escape(sought), str(text), re.IGNORECASE) if sought else None
    if not found:
        return marked(text)
    before, after = text[: found.start()], text[found.end() :]
    shown = format_html("{}<mark>{}</mark>{}", before, found.group(), after)
    return format_html('<span lang="zh-Hans">{}</span>', shown) if HAN.search(text) else shown


@register.filter
def initials(name: Any) -> str:
    """Return what stands in an avatar: 林 of 林悦, JW of Jonas Weidmann."""
    words = [word for word in re.split(r"[\s._-]+", str(name)) if word]
    if not words:
        return "?"
    if HAN.match(words[0]):
        return words[0][0]
    return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()


@register.filter
def hue(pk: Any) -> int:
    """Return the colour of an avatar, 1 to 6, the same for a person everywhere."""
    return int(pk or 0) % 6 + 1


@register.filter
def tier_name(tier: str) -> str:
    """Return a tier in words."""
    return str(Tier(tier).label) if tier in Tier else ""


@register.filter
def stage_name(stage: str) -> str:
    """Return a stage in words."""
    return str(Stage(stage).label) if stage in Stage else ""


@register.filter
def stage_number(stage: str) -> int:
    """Return how many bars of a stage are filled, 1 to 5; 0 for interrupted."""
    return STAGE_NUMBERS.get(stage, 0)


@register.filter
def level_name(level: str) -> str:
    """Return a level of risk in words."""
    return str(LEVELS.get(level, ""))


@register.filter
def spark(points: Any, size: str = "56x20") -> sparks.Spark | None:
    """Draw a series of numbers; None if there is too little to draw."""
    width, height = map(int, size.split("x"))
    return sparks.spark(list(points), width, height) if points else None


@register.filter
def dressed(field: BoundField, css: str) -> SafeString:
    """Draw the widget of a field with a class of the style sheet, besides its own."""
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{css} {own}".strip()})


@register.filter
def wrong_fields(form: BaseForm) -> list[BoundField]:
    """Return the visible fields of a form that have errors."""
    return [field for field in form.visible_fields() if field.errors]

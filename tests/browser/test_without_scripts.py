"""Every page read and every kind of form sent with scripts off."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DEMO_PASSWORD
from tests.browser.test_accessible import pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The end of the walk, and a process that would work beside the test's own database.
LEFT_OUT = ("post /auth/logout/", "post /data/runs/")
# Each way to send a form; one of a single field needs no button, Enter sends it.
WAYS = """() => [...document.forms].flatMap((form, place) => {
  const kind = (method, action) => method + ' ' + new URL(action).pathname.replace(/[0-9]+/g, 'N');
  const elements = [...form.elements].filter(e => !e.disabled);
  const buttons = elements.filter(e => e.type === 'submit');
  if (!buttons.length && elements.some(e => ['text', 'search'].includes(e.type)))
    return [{place, index: -1, name: kind(form.method, form.action)}];
  return buttons.filter(button => form.method !== 'dialog').map((button, index) => ({
    place, index,
    name: [kind(form.method, button.hasAttribute('formaction') ? button.formAction : form.action),
      button.name && button.name + '=' + button.value.replace(/[0-9]+/g, 'N')].join(' ').trim(),
  }));
})"""
SEND = """(form, index) => form.requestSubmit(
  [...form.elements].filter(e => e.type === 'submit' && !e.disabled)[index] ?? null)"""
# What the form asks for, filled in as a person in no mood to read would.
FILL = """form => {
  for (let box = form.parentElement; box; box = box.parentElement)
    if (box.tagName === 'DETAILS') box.open = true;
  for (const box of form.querySelectorAll('details')) box.open = true;
  for (const field of form.elements) {
    if (field.type === 'hidden' || field.disabled || field.readOnly) continue;
    if (field.tagName === 'SELECT' && !field.value)
      field.value = [...field.options].map(o => o.value).find(Boolean) ?? '';
    else if (field.tagName === 'TEXTAREA' || ['text', 'search'].includes(field.type))
      field.value ||= 'Told by hand';
    else if (field.type === 'number') field.value ||= field.min || '1';
    else if (field.type === 'date') field.value ||= field.min || '2026-01-02';
  }
}"""


@pytest.fixture
def reader(browser, live_server, company):
    """Return a function that logs a person in with scripts off and returns the page."""
    contexts = []

    def open_page(name):
        context = browser.new_context(java_script_enabled=False, locale="en")
        contexts.append(context)
        page = context.new_page()
        page.goto(live_server.url + "/auth/login/")
        page.fill("[name=login]", name)
        page.fill("[name=password]", DEMO_PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(live_server.url + "/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def expect_whole(page, where):
    """Wait for a page with its frame, not a fragment meant for a script."""
    expect(page.locator("body:has(main#main):has(nav)"), where).to_have_count(1)


def test_every_page_is_read_and_every_form_is_sent_without_scripts(reader, live_server):
    page = reader("director")
    sent = {}

    for path in pages():
        if "logout" in path:
            continue
        page.goto(live_server.url + path)
        expect_whole(page, path)
        assert page.locator("h1").count() == 1, path
        for name in dict.fromkeys(way["name"] for way in page.evaluate(WAYS)):
            if name in sent or name.startswith(LEFT_OUT):
                continue
            page.goto(live_server.url + path)
            # Anew: what was sent before may have taken forms from the page.
            way = next((way for way in page.evaluate(WAYS) if way["name"] == name), None)
            if way is None:
                continue
            form = page.locator("form").nth(way["place"])
            form.evaluate(FILL)
            with page.expect_response(lambda _answer: True) as answer:
                form.evaluate(SEND, way["index"])
            sent[name] = answer.value.status
            assert sent[name] in (200, 302, 409, 422), (path, name, sent[name])
            expect_whole(page, f"{path} {name}")

    print("\n".join(f"{status} {name}" for name, status in sent.items()))
    assert {name.split()[1] for name in sent if name.startswith("post")} >= {
        "/log/",
        "/me/",
        "/me/language/",
        "/me/theme/",
        "/accounts/N/edit/",
    }

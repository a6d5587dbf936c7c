"""Reading a drawn form as a browser would, to send it back changed."""

import re


def fields(response):
    """Return what the drawn form would send: name -> value."""
    html = response.content.decode()
    sent = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and 'type="search"' not in tag:
            sent[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        sent[name] = chosen[1] if chosen else ""
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def errors(response):
    """Return the texts at each field of the form in the context."""
    return {name: " ".join(texts) for name, texts in response.context["form"].errors.items()}

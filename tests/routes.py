"""Every route of the site, with the methods that are asked of it."""

from django.urls import URLResolver, get_resolver

METHODS = ("GET", "POST")


def routes(patterns=None, prefix=""):
    """Yield (route, view) of every URL pattern below the given ones."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern.callback


def api_methods(view):
    """Return the methods a REST view answers, None for any other view."""
    actions = getattr(view, "actions", None)
    # A first request adds HEAD, which is GET without its body.
    return None if actions is None else sorted(m.upper() for m in actions if m != "head")

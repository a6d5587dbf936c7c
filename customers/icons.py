"""Which drawing stands for which thing: our names on the left, heroicons on the right."""

from functools import cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_outline

HEROICONS = {
    "accounts": "building-office-2",
    "alert": "exclamation-triangle",
    "bell": "bell",
    "board": "view-columns",
    "box": "cube",
    "cal": "calendar",
    "calendar": "calendar",
    "call": "phone",
    "care": "lifebuoy",
    "cart": "shopping-cart",
    "check": "check",
    "clock": "clock",
    "columns": "table-cells",
    "contact": "identification",
    "dash": "presentation-chart-line",
    "dashboard": "presentation-chart-line",
    "day": "sun",
    "done": "check-circle",
    "down": "chevron-down",
    "edit": "pencil-square",
    "email": "envelope",
    "event": "ticket",
    "export": "arrow-down-tray",
    "external": "arrow-top-right-on-square",
    "filter": "funnel",
    "flag": "flag",
    "frown": "face-frown",
    "gate": "shield-check",
    "globe": "globe-alt",
    "go": "arrow-right",
    "group": "rectangle-group",
    "info": "information-circle",
    "key": "key",
    "language": "language",
    "left": "chevron-left",
    "link": "link",
    "lock": "lock-closed",
    "logout": "arrow-right-start-on-rectangle",
    "meeting": "users",
    "message": "chat-bubble-left-right",
    "more": "ellipsis-horizontal",
    "note": "document-text",
    "phone": "phone",
    "plus": "plus",
    "print": "printer",
    "redo": "arrow-path",
    "repeat": "arrow-path-rounded-square",
    "right": "chevron-right",
    "run": "moon",
    "search": "magnifying-glass",
    "settings": "cog-6-tooth",
    "smile": "face-smile",
    "star": "star",
    "sort": "arrows-up-down",
    "tag": "tag",
    "team": "user-group",
    "tool": "wrench",
    "trash": "trash",
    "trend-down": "arrow-trending-down",
    "trend-up": "arrow-trending-up",
    "truck": "truck",
    "undo": "arrow-uturn-left",
    "up": "chevron-up",
    "user": "user",
    "video": "video-camera",
    "visit": "map-pin",
    "voice": "speaker-wave",
    "wechat": "chat-bubble-left-right",
    "x": "x-mark",
    # Roles in the customer's decisions, and attitudes.
    "initiator": "light-bulb",
    "influencer": "speaker-wave",
    "gatekeeper": "shield-check",
    "buyer": "shopping-cart",
    "decider": "key",
    "champion": "hand-thumb-up",
    "supporter": "face-smile",
    "sceptic": "face-frown",
    "opponent": "hand-thumb-down",
}
# Drawn here, on the same 24-unit grid, because heroicons has none.
OWN = {
    "flat": '<circle cx="12" cy="12" r="9"/><path d="M8.5 15h7M9 9.75h.01M15 9.75h.01"/>',
    "neutral": '<circle cx="12" cy="12" r="9"/><path d="M8.5 15h7M9 9.75h.01M15 9.75h.01"/>',
    "ring": '<circle cx="12" cy="12" r="9"/>',
    "theme": '<circle cx="12" cy="12" r="8.75"/>'
    '<path d="M12 3.25a8.75 8.75 0 0 1 0 17.5Z" fill="currentColor"/>',
}


@cache
def draw(name: str, label: str = "", css: str = "") -> SafeString:
    """Return the inline SVG of an icon; without a label it is decoration, hidden from readers."""
    attrs = {"class": f"icon {css}".strip()}
    if label:
        attrs |= {"role": "img", "aria-label": label}
    else:
        attrs["aria-hidden"] = "true"
    if name in OWN:
        written = " ".join(f'{key}="{escape(value)}"' for key, value in attrs.items())
        return mark_safe(f'<svg viewBox="0 0 24 24" {written}>{OWN[name]}</svg>')
    drawn = heroicon_outline(HEROICONS[name], size=None, **attrs)
    return mark_safe(" ".join(drawn.split()).replace("> <", "><"))

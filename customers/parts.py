"""Small templates that draw the same for the same values, drawn once and remembered.

A list of fifty rows includes hundreds of badges, of which few differ; rendering them one by one
would take longer than everything else on the page.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

REMEMBERED = 8192


class Named(NamedTuple):
    """A person as an avatar shows one."""

    pk: int
    name: str


def draw(name: str, **values: Hashable) -> SafeString:
    """Return templates/parts/_<name>.html with these values and nothing else."""
    if settings.DEBUG:  # the template may have changed
        return _render(name, values)
    return _remembered(name, get_language(), tuple(values.items()))


@lru_cache(maxsize=REMEMBERED)
def _remembered(name: str, _language: str, values: tuple) -> SafeString:
    return _render(name, dict(values))


def _render(name: str, values: dict) -> SafeString:
    return SafeString(render_to_string(f"parts/_{name}.html", values).strip())

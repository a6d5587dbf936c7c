"""The README names every command and every variable that an operator may set, and no others."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
APPS = ("accounts_crm", "churn", "lifecycle", "teams", "customers")


def first_cells():
    """Return what the first columns of the README's tables name."""
    rows = re.findall(r"^\| (`.+?`) \|", README, flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Za-z_]+)", row)}


def variables():
    settings = (ROOT / "accounts_crm/settings.py").read_text(encoding="utf-8")
    return set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings))


def commands():
    return {
        path.stem
        for app in APPS
        for path in (ROOT / app).glob("management/commands/*.py")
        if path.stem != "__init__"
    }


@pytest.mark.parametrize("kind", [variables, commands])
def test_it_names_all(kind):
    assert kind() - first_cells() == set()


def test_it_names_no_others():
    assert first_cells() - variables() - commands() == set()

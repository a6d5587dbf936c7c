"""Imports and templates point down."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["customers", "teams", "lifecycle", "churn", "accounts_crm"]
FILES = [p for app in FLOORS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]
TEMPLATES = [p for app in FLOORS for p in (ROOT / "templates" / app).rglob("*.html")]
# URL names without an app are the roof's; a template below may lead to them by name, as
# reverse("account") does in Account.
INCLUDE = re.compile(r"""{%\s*(?:include|extends)\s+["'](\w+)/""")
URL = re.compile(r"""{%\s*url\s+["'](\w+):""")


def above(app):
    return set(FLOORS[FLOORS.index(app) + 1 :])


def imported_apps(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def named_apps(source):
    return set(INCLUDE.findall(source)) | set(URL.findall(source))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    app = path.relative_to(ROOT).parts[0]
    assert not above(app) & set(imported_apps(path.read_text()))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_templates_point_down(path):
    app = path.relative_to(ROOT / "templates").parts[0]
    assert not above(app) & named_apps(path.read_text())


def test_the_rules_catch_a_fault():
    assert above("customers") & set(imported_apps("from churn.models import Flag"))
    assert above("teams") & named_apps('{% include "churn/_risk.html" %}')

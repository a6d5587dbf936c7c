"""Style sheets and scripts: imports lead to files, no file lies idle, colours are tokens."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from accounts_crm.static_files import HashedStorage

CSS, JS = Path("static/css"), Path("static/js")
SHEETS = sorted(CSS.rglob("*.css"))
SCRIPTS = sorted(JS.rglob("*.js"))
CONTENTS = (CSS / "app.css").read_text()
IMPORTED = [CSS / name for name in re.findall(r'@import url\("([^"]+)"\) layer\(\w+\);', CONTENTS)]
LINKED = {
    CSS / name
    for template in Path("templates").rglob("*.html")
    for name in re.findall(r'static ["\']css/([^"\']+)["\']', template.read_text())
}


def test_every_sheet_is_imported_once():
    assert len(IMPORTED) == len(set(IMPORTED))
    assert set(SHEETS) == set(IMPORTED) | LINKED


def test_every_layer_is_declared():
    declared = re.search(r"@layer ([^;]+);", CONTENTS)[1].split(", ")

    assert set(re.findall(r"layer\((\w+)\)", CONTENTS)) <= set(declared)


@pytest.mark.parametrize("path", [path for path in IMPORTED if path.name != "tokens.css"], ids=str)
def test_raw_colours_stand_in_tokens_only(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)

    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)|(?:oklch|rgba?|hsla?)\(", text)


@pytest.mark.parametrize("path", SHEETS, ids=str)
def test_every_token_used_is_defined(path):
    defined = set(re.findall(r"(--[\w-]+):", "".join(sheet.read_text() for sheet in SHEETS)))

    assert set(re.findall(r"var\((--[\w-]+)", path.read_text())) <= defined


@pytest.mark.parametrize("path", SCRIPTS, ids=str)
def test_script_imports_lead_to_files_and_evaluate_nothing(path):
    text = path.read_text()

    for name in re.findall(r'(?:from|import)\s+"(\.[^"]+)"', text):
        assert (path.parent / name).is_file(), name
    assert not re.search(
        r"\beval\(|new Function|innerHTML\s*=|\.cssText|setAttribute\(.style", text
    )


@pytest.fixture
def collected(tmp_path, settings):
    """Return the storage after what collectstatic does with our own files."""
    settings.WHITENOISE_KEEP_ONLY_HASHED_FILES = True
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree("static", source)
    shutil.copytree("static", target)
    storage, origin = HashedStorage(location=target), FileSystemStorage(location=source)
    names = [str(p.relative_to(source)) for p in source.rglob("*") if p.is_file()]
    for _name, _hashed, processed in storage.post_process({n: (origin, n) for n in names}):
        assert not isinstance(processed, Exception)
    return storage


def test_hashed_names_reach_into_imports(collected):
    script = Path(collected.path(collected.stored_name("js/app.js"))).read_text()

    assert f'"./{Path(collected.stored_name("js/theme.js")).name}"' in script
    assert not Path(collected.path("js/theme.js")).exists()


def test_style_sheets_are_joined_in_their_layers(collected):
    sheet = Path(collected.path(collected.stored_name("css/app.css"))).read_text()

    assert "@import" not in sheet
    assert sheet.count("{") == sheet.count("}")
    for path, layer in re.findall(r'url\("([^"]+)"\) layer\((\w+)\)', CONTENTS):
        assert f"@layer {layer} {{\n{(CSS / path).read_text()}}}" in sheet


def test_joined_sheets_name_no_file_by_its_place():
    for sheet in IMPORTED:
        assert "url(" not in sheet.read_text(), sheet

"""Fail if a string of the product has no Chinese translation, or the catalogue is out of date."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = "locale/zh_Hans/LC_MESSAGES/django.po"


def strings(path):
    """Return the catalogue's messages by id and context."""
    with path.open("rb") as file:
        return {(m.id, m.context): m for m in read_po(file, locale="zh_Hans") if m.id}


def main():
    """Extract the strings of the sources into a copy and compare."""
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "keel"
        tracked = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout
        for name in filter(None, tracked.split("\0")):
            if (ROOT / name).suffix in {".py", ".html", ".txt", ".js", ".po", ".toml"}:
                target = copy / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, target)
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "-v0", "-l", "zh_Hans", "--no-obsolete"],
            cwd=copy,
            check=True,
        )
        # Under another name the extraction does not know it.
        for source in copy.rglob("*.py"):
            if re.search(
                r"translation import n?p?gettext(_lazy)? as (?!_$)",
                source.read_text(),
                re.MULTILINE,
            ):
                faults.append(f"calls gettext by a name of its own: {source.relative_to(copy)}")
        kept, fresh = strings(ROOT / CATALOGUE), strings(copy / CATALOGUE)
    faults += [f"not in the catalogue: {key[0]!r}" for key in fresh.keys() - kept.keys()]
    faults += [f"no longer used: {key[0]!r}" for key in kept.keys() - fresh.keys()]
    for key, message in kept.items():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(texts) or message.fuzzy:
            faults.append(f"not translated: {key[0]!r}")
        faults += [f"{error}: {key[0]!r}" for error in message.check()]
    print("\n".join(sorted(faults)) or "All strings are translated.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

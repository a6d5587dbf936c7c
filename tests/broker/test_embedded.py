"""The embedded mode: one command serves the site with a worker beside it, and ends both."""

import datetime as dt
import os
import signal
import urllib.request

import pytest

from accounts_crm.models import NightlyRun
from customers.calendar import business_today
from tests.nights import order
from tests.processes import manage
from tests.waiting import free_port, listens, until

pytestmark = pytest.mark.django_db(transaction=True)


def test_serve_brings_site_and_worker_and_takes_both_along(cast, account, tmp_path):
    order(account, business_today() - dt.timedelta(days=1), 100)
    port = free_port()
    serving = manage("serve", f"127.0.0.1:{port}", VAR_DIR=str(tmp_path), NIGHTLY_EVERY_SECONDS="1")
    try:
        until(lambda: listens(port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/auth/login/") as page:
            assert page.status == 200
        until(lambda: NightlyRun.objects.published().exists())
    finally:
        children = children_of(serving.pid)
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)

    assert children
    assert not listens(port)
    until(lambda: not any(map(runs, children)), seconds=30)


def children_of(pid):
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry))
        except OSError:
            continue
    return found


def runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

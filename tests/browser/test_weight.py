"""What a first visit costs: bytes over the wire, layout shifts, what the browser complains of."""

from urllib.parse import urlsplit

import pytest

from accounts_crm.models import NightlyRun
from customers.models import Account
from tests.browser.conftest import DEMO_PASSWORD
from tests.processes import manage, start
from tests.waiting import free_port, listens, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST = 120_000  # bytes, the chart bundle left aside
CHARTS = "chartkick"
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 300);
})"""


@pytest.fixture
def site(company, tmp_path):
    """Serve the demo company as production does, hashed and compressed; yield its address."""
    production = {"HASHED_STATIC": "1", "VAR_DIR": str(tmp_path)}
    left_out = ("-i", "drf_spectacular_sidecar", "-i", "admin", "-i", "rest_framework")
    collecting = manage("collectstatic", "--noinput", *left_out, **production)
    said, _nothing = collecting.communicate(timeout=120)
    assert collecting.returncode == 0, said
    port = free_port()
    server = start(
        "-m",
        "gunicorn",
        "accounts_crm.wsgi",
        "--no-control-socket",
        "--worker-class=gthread",
        f"--bind=127.0.0.1:{port}",
        **production,
    )
    until(lambda: listens(port))
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.communicate(timeout=30)


@pytest.fixture
def cookies(site, browser):
    """Log the director in by the form; return what the browser then keeps."""
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(site + "/auth/login/")
    page.fill("[name=login]", "director")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(site + "/")
    kept = context.cookies()
    context.close()
    return kept


def first_visit(browser, cookies, address):
    """Open a page with an empty cache; return bytes by path, the shift, and the complaints."""
    context = browser.new_context(locale="en")
    context.add_cookies(cookies)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    paths, sizes, complaints = {}, {}, []
    wire.on("Network.requestWillBeSent", lambda e: paths.update({e["requestId"]: e["request"]}))
    wire.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e}))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    answer = page.goto(address, wait_until="networkidle")
    assert answer.status == 200, address
    shift = page.evaluate(SHIFTS)
    charts = page.locator("canvas").count()
    context.close()
    bytes_by_path = {
        urlsplit(paths[known]["url"]).path: done["encodedDataLength"]
        for known, done in sizes.items()
    }
    return bytes_by_path, shift, charts, complaints


def test_first_visits_are_light_still_and_silent(site, browser, cookies):
    account = Account.objects.filter(owner__isnull=False).order_by("code").first()
    run = NightlyRun.objects.latest_published()
    pages = ["/", "/accounts/", f"/accounts/{account.pk}/", "/log/", "/dashboard/"]
    pages += ["/data/runs/", f"/data/runs/{run.pk}/", "/me/", "/auth/logout/"]

    for path in pages:
        weights, shift, charts, complaints = first_visit(browser, cookies, site + path)
        bundles = [name for name in weights if CHARTS in name]
        total = sum(weights.values()) - sum(weights[name] for name in bundles)

        print(f"{path:24} {total / 1000:6.1f} kB in {len(weights)} requests, shift {shift:.4f}")
        assert total <= MOST, (path, sorted(weights.items(), key=lambda item: -item[1])[:8])
        assert bool(bundles) <= bool(charts), path
        assert shift < 0.005, path
        assert complaints == [], path

"""The cast and the accounts that most tests play with."""

import datetime as dt
import os
from importlib import import_module

import pytest
from django.contrib.auth.models import Group
from django.utils import translation
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("keel", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("keel")

# Playwright runs an event loop in the tests' thread; our database calls there are synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROLES = {
    "olga_owner": "account manager",
    "ed_editor": "account manager",
    "vera_viewer": "account manager",
    "otto_outsider": "account manager",
    "dora_director": "director",  # a post without region: everything
    "dirk_director": "director",  # the post of the region East
    "rita_reader": "reader",
    "stan_steward": "data steward",
    "ina_integration": "integration",
    "ada_admin": "administrator",
}


@pytest.fixture(autouse=True)
def forget_counts():
    """Let no test be throttled for the calls of another."""
    from django.conf import settings as site
    from django.core.cache import caches

    caches[site.THROTTLE_CACHE].clear()


@pytest.fixture(autouse=True)
def english():
    """Begin each test in English: a request leaves its person's language behind."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def made_by_migrations(request):
    """Put back what a test with real transactions flushes: the roles and the tier policies."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        return
    request.getfixturevalue("transactional_db")
    from lifecycle.models import StageGate, TierPolicy

    made = import_module("lifecycle.migrations.0007_tier_policies")
    gates = import_module("lifecycle.migrations.0006_default_gates")
    for stage, kind, least, days in gates.GATES:
        defaults = {"least": least, "days": days}
        StageGate.objects.get_or_create(stage=stage, kind=kind, defaults=defaults)
    for name in set(ROLES.values()):
        Group.objects.get_or_create(name=name)
    for tier, days in (("ordinary", 60), ("partner", 30), ("strategic", 14)):
        defaults = {
            "contact_every_days": days,
            "functions": made.FUNCTIONS[tier],
            "levels": made.LEVELS[tier],
            "joint_groups": made.JOINT_GROUPS.get(tier, 0),
            **gates.MARKS.get(tier, {}),
        }
        TierPolicy.objects.get_or_create(tier=tier, defaults=defaults)


@pytest.fixture
def cast(db):
    """Return our people by name; every role is there, each with the password `keel-test-pass`."""
    from customers.models import Region
    from teams.models import Post, User

    groups = {group.name: group for group in Group.objects.all()}
    people = {}
    for name, role in ROLES.items():
        person = User.objects.create_user(
            name,
            email=f"{name}@example.com",
            password="keel-test-pass",
            name=name.split("_")[0].capitalize(),
            language="en",
        )
        person.groups.add(groups[role])
        people[name] = person
    people["ada_admin"].is_staff = people["ada_admin"].is_superuser = True
    people["ada_admin"].save()
    east = Region.objects.create(name="East")
    Post.objects.create(title="Key account director", holder=people["dora_director"])
    Post.objects.create(title="East", holder=people["dirk_director"], region=east)
    return people


@pytest.fixture
def account(cast):
    """Return an account in the region East, owned by Olga, edited by Ed, viewed by Vera."""
    from customers.models import Account, Region
    from teams.models import TeamMember

    account = Account.objects.create(
        code="A-1",
        name="Vorholm Cranes",
        owner=cast["olga_owner"],
        region=Region.objects.get(name="East"),
    )
    long_ago = dt.date(2020, 1, 1)
    for name, role in (
        ("olga_owner", "lead"),
        ("ed_editor", "editor"),
        ("vera_viewer", "viewer"),
    ):
        TeamMember.objects.create(account=account, user=cast[name], role=role, since=long_ago)
    return account


@pytest.fixture
def far_account(cast):
    """Return an account that no manager of the cast may see, outside the region East."""
    from customers.models import Account, Region

    west = Region.objects.create(name="West")
    return Account.objects.create(code="Z-9", name="Zephyr Canary Works", region=west)

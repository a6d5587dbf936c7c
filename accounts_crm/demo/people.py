"""Our own people: one user per role, colleagues, posts; managers enough for any size."""

import datetime as dt

import numpy as np
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts_crm.demo import names, rows
from accounts_crm.demo.regions import Place
from accounts_crm.demo.sheets import dice, sheet
from customers.access import Role
from teams.models import Post, PostHolding, User

# One more account manager for so many accounts beyond the written ones.
ACCOUNTS_A_MANAGER = 150
MOST_MANAGERS = 500
LOG_INS = ("manager", "director", "reader", "steward", "integration", "admin")


def make_people(seed: int, more_accounts: int, password: str, today: dt.date) -> dict[str, int]:
    """Write users with their roles and return their ids by username; all share the password."""
    draw = dice(seed, "people")
    written = sheet("colleagues")
    more = min(MOST_MANAGERS, -(-more_accounts // ACCOUNTS_A_MANAGER))
    made, _other = names.people(draw, draw.choice(["zh", "zh", "de", "en", "nordic"], more))
    usernames = [row["username"] for row in written] + [f"am{at:04}" for at in range(1, more + 1)]
    first = rows.next_id(User)
    ids = {username: first + at for at, username in enumerate(usernames)}
    count = len(usernames)
    since = np.datetime64(today - dt.timedelta(days=1500), "s") + np.timedelta64(8, "h")
    rows.insert(
        User,
        count,
        id=list(ids.values()),
        username=usernames,
        # One hash for all: they have one password, and a hash costs a third of a second.
        password=make_password(password),
        name=[row["name"] for row in written] + made,
        email=[f"{row['email']}@keel.example" for row in written]
        + [f"{username}@keel.example" for username in usernames[len(written) :]],
        function=[row["function"] for row in written] + ["commercial"] * more,
        level=[row["level"] for row in written] + ["staff"] * more,
        phone=[row["phone"] for row in written] + [""] * more,
        time_zone=[row["time_zone"] for row in written] + ["Asia/Shanghai"] * more,
        is_staff=[username == "admin" for username in usernames],
        is_superuser=[username == "admin" for username in usernames],
        date_joined=np.full(count, since),
    )
    groups = dict(Group.objects.values_list("name", "pk"))
    held = [
        (ids[row["username"]], groups[role]) for row in written for role in row["role"].split(";")
    ] + [(ids[username], groups[Role.MANAGER]) for username in usernames[len(written) :]]
    through = User.groups.through
    start = rows.next_id(through)
    rows.insert(
        through,
        len(held),
        id=list(range(start, start + len(held))),
        user_id=[user for user, _group in held],
        group_id=[group for _user, group in held],
    )
    return ids


def make_posts(people: dict[str, int], places: dict[str, Place], today: dt.date) -> None:
    """Write the tree of posts, the vacant ones too, and who held them before."""
    written = sheet("posts")
    first = rows.next_id(Post)
    ids = {row["title"]: first + at for at, row in enumerate(written)}
    begun = [today - dt.timedelta(days=int(row["days"])) for row in written]
    rows.insert(
        Post,
        len(written),
        id=list(ids.values()),
        title=list(ids),
        level=[row["level"] for row in written],
        parent_id=[ids.get(row["parent"]) for row in written],
        region_id=[places[row["region"]].id if row["region"] else None for row in written],
        holder_id=[people.get(row["holder"]) for row in written],
        since=[str(day) for day in begun],
    )
    holdings = []
    for row, day in zip(written, begun, strict=True):
        post, since = ids[row["title"]], day
        if row["former"]:
            last = today - dt.timedelta(days=int(row["left"]))
            former = people[row["former"]]
            holdings.append(PostHolding(post_id=post, user_id=former, since=since, until=last))
            since = last + dt.timedelta(days=1)
        if row["holder"]:
            holdings.append(PostHolding(post_id=post, user_id=people[row["holder"]], since=since))
    PostHolding.objects.bulk_create(holdings)

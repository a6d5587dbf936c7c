"""Evidence: what facts support, just below and just at each threshold, as of each day."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from customers.calendar import business_today, end_of
from customers.models import Contact, Event, Interaction, OrderLine, PurchasePotential
from lifecycle import evidence
from lifecycle.facts import Facts, of_all, of_one
from lifecycle.gate_actions import change_gate
from lifecycle.models import OpenBook, StageGate, TierPolicy
from lifecycle.stages import TRACK
from teams.joint_work import joint_work
from teams.models import JointGroup, JointMeeting

D = dt.date(2026, 6, 30)


def ago(days):
    return D - dt.timedelta(days=days)


def named(prefix, number, day):
    return {f"{prefix}{n}": day for n in range(number)}


def pairs(number, day):
    return {(f"ours{n}", "theirs"): day for n in range(number)}


TRADE = {"purchase_on": ago(10)}
MID = TRADE | {
    "share_permille": 300,
    "functions": named("f", 2, ago(179)),
    "levels": {"staff": ago(179), "director": ago(179)},
}
PARTNERSHIP = MID | {"share_permille": 600, "pairs": pairs(4, ago(179))}
SYNERGISTIC = PARTNERSHIP | {
    "share_permille": 800,
    "groups": {1: ago(89), 2: ago(89)},
    "top": [ago(364)],
    "open_book": 1,
}


@pytest.fixture
def rules(db):
    return evidence.policy()


def supported(rules, facts, recorded="pre"):
    return evidence.judge(Facts(**facts), recorded, D, rules).supported


@pytest.mark.parametrize(
    ("stage", "facts"),
    [("pre", {}), ("early", TRADE), ("mid", MID), ("partnership", PARTNERSHIP)],
)
def test_facts_at_the_thresholds_support_the_stage(rules, stage, facts):
    assert supported(rules, facts) == stage


def test_all_facts_support_the_highest_stage(rules):
    finding = evidence.judge(Facts(**SYNERGISTIC), "synergistic", D, rules)

    assert (finding.supported, finding.missing, finding.lost, finding.next) == (
        "synergistic",
        [],
        [],
        "",
    )


@pytest.mark.parametrize(
    ("stage", "lacks"),
    [
        ("pre", {"purchase_on": None}),
        ("early", {"share_permille": 299}),
        ("early", {"share_permille": None}),
        ("early", {"functions": named("f", 1, ago(1))}),
        ("early", {"functions": {"f0": ago(1), "f1": ago(180)}}),
        ("early", {"levels": {"director": ago(1)}}),
        ("early", {"levels": {"director": ago(1), "staff": ago(180)}}),
        ("mid", {"share_permille": 599}),
        ("mid", {"pairs": pairs(3, ago(1))}),
        ("mid", {"pairs": {**pairs(3, ago(1)), ("x", "y"): ago(180)}}),
        ("mid", {"levels": {"staff": ago(1), "manager": ago(1), "director": ago(180)}}),
        ("partnership", {"share_permille": 799}),
        ("partnership", {"groups": {1: ago(1)}}),
        ("partnership", {"groups": {1: ago(1), 2: ago(90)}}),
        ("partnership", {"top": [ago(365)]}),
        ("partnership", {"open_book": None}),
    ],
)
def test_one_fact_below_its_threshold_supports_the_stage_below(rules, stage, lacks):
    finding = evidence.judge(Facts(**(SYNERGISTIC | lacks)), "synergistic", D, rules)

    assert finding.supported == stage
    assert {point.gate.kind for point in finding.lost}
    assert all(not point.held for point in finding.lost)


def test_missing_is_told_from_the_stage_on_record(rules):
    finding = evidence.judge(Facts(**TRADE), "early", D, rules)

    assert finding.next == "mid"
    assert {(point.gate.kind, point.have) for point in finding.missing} == {
        ("share", None),
        ("functions", 0),
        ("levels", 0),
    }
    assert finding.lost == []


def test_a_gate_that_directors_loosen_counts_at_once(rules):
    assert supported(rules, MID | {"share_permille": 290}) == "early"
    StageGate.objects.filter(stage="mid", kind="share").update(least=29)
    assert supported(evidence.policy(), MID | {"share_permille": 290}) == "mid"
    StageGate.objects.filter(stage="mid", kind="share").update(least=0)
    assert supported(evidence.policy(), MID | {"share_permille": None}) == "mid"


@pytest.mark.parametrize(
    ("tier", "facts"),
    [
        ("ordinary", {"functions": named("f", 2, ago(1)), "ours": named("o", 3, ago(1))}),
        ("ordinary", {"functions": named("f", 3, ago(1)), "ours": named("o", 2, ago(1))}),
        ("partner", {"functions": named("f", 3, ago(179)), "ours": named("o", 3, ago(179))}),
        ("ordinary", {"functions": named("f", 3, ago(180)), "ours": named("o", 3, ago(179))}),
    ],
)
def test_a_tier_is_observed_by_who_met_whom(rules, tier, facts):
    assert evidence.judge(Facts(**facts), "pre", D, rules).observed_tier == tier


def test_strategic_is_observed_with_all_levels_and_two_groups(rules):
    facts = {
        "functions": named("f", 5, ago(1)),
        "ours": named("o", 3, ago(1)),
        "levels": dict.fromkeys(("staff", "manager", "director", "executive"), ago(1)),
        "groups": {1: ago(89), 2: ago(89)},
    }
    assert evidence.judge(Facts(**facts), "pre", D, rules).observed_tier == "strategic"
    facts["groups"] = {1: ago(89), 2: ago(90)}
    assert evidence.judge(Facts(**facts), "pre", D, rules).observed_tier == "partner"


RULES = evidence.Policy(
    {
        stage: [
            StageGate(stage=stage, kind=kind, least=least, days=180)
            for kind, least in {
                "early": [("functions", 1)],
                "mid": [("functions", 2), ("levels", 2)],
                "partnership": [("pairs", 4), ("director", 1)],
                "synergistic": [("top", 1)],
            }.get(stage, [])
        ]
        for stage in TRACK
    },
    {"partner": TierPolicy(tier="partner", seen_functions=3, seen_ours=3)},
)
LEVELS = st.sampled_from(["staff", "manager", "director", "executive", "board"])
MEETINGS = st.tuples(
    st.sampled_from("abcde"), st.sampled_from("vwxyz"), LEVELS, st.integers(0, 400)
)


def met(meetings):
    """Return the facts of meetings: our function, theirs, their level, days ago."""
    facts = Facts()
    for ours, theirs, level, days in meetings:
        for latest, name in ((facts.functions, theirs), (facts.levels, level), (facts.ours, ours)):
            latest[name] = max(latest.get(name, dt.date.min), ago(days))
        facts.pairs[ours, theirs] = max(facts.pairs.get((ours, theirs), dt.date.min), ago(days))
        if level in ("executive", "board"):
            facts.top.append(ago(days))
    return facts


@given(st.lists(MEETINGS, max_size=12), MEETINGS)
def test_one_more_contact_never_lowers_the_supported_stage(meetings, more):
    before = evidence.judge(met(meetings), "pre", D, RULES)
    after = evidence.judge(met([*meetings, more]), "pre", D, RULES)

    assert TRACK.index(after.supported) >= TRACK.index(before.supported)
    assert (before.observed_tier, after.observed_tier) != ("partner", "ordinary")


def meet(account, day, ours, theirs, kind="meeting"):
    at = dt.datetime.combine(day, dt.time(4), dt.UTC)
    entry = Interaction.objects.create(account=account, kind=kind, at=at, date=day, author=ours[0])
    entry.ours.add(*ours)
    entry.theirs.add(*theirs)
    return entry


def order(account, day, revenue, number):
    OrderLine.objects.create(
        source="t", order_id=str(number), line_id="1", account=account, date=day, currency="CNY",
        revenue_minor=revenue or 50, revenue=revenue,
    )  # fmt: skip


@pytest.fixture
def story(account, cast):
    """Write a year of an account; return the facts that it must give as of D."""
    olga, ed = cast["olga_owner"], cast["ed_editor"]
    olga.function, ed.function = "commercial", "rnd"
    olga.save(), ed.save()
    boss = Contact.objects.create(
        account=account, name="Wen", function="board", level="executive", left_on=ago(5)
    )
    clerk = Contact.objects.create(account=account, name="Xu", function="finance", level="staff")
    meet(account, ago(40), [olga], [clerk])  # the account manager alone
    meet(account, ago(20), [olga, ed], [clerk, boss])
    meet(account, ago(3), [olga], [clerk], kind="call")
    order(account, ago(30), 300, 1)
    order(account, ago(10), -20, 2)  # a return is no purchase
    order(account, ago(400), 5_000, 3)
    PurchasePotential.objects.create(
        account=account, date=ago(90), currency="CNY", amount_minor=1_000, amount=1_000
    )
    group = JointGroup.objects.create(account=account, subject="rnd", name="Gears", since=ago(300))
    JointMeeting.objects.create(group=group, account=account, date=ago(50))
    book = OpenBook.objects.create(account=account, since=ago(60))
    return Facts(
        purchase_on=ago(30),
        share_permille=280,
        functions={"finance": ago(3), "board": ago(20)},
        levels={"staff": ago(3), "executive": ago(20)},
        ours={"commercial": ago(3), "rnd": ago(20)},
        pairs={
            ("commercial", "finance"): ago(20),
            ("commercial", "board"): ago(20),
            ("rnd", "finance"): ago(20),
            ("rnd", "board"): ago(20),
        },
        groups={group.pk: ago(50)},
        top=[ago(20)],
        open_book=book.pk,
    )


def test_facts_are_read_as_of_a_day(account, far_account, story):
    assert of_one(account.pk, D) == story
    everybody = {pk: facts for part in of_all(D) for pk, _stage, facts in part}
    assert everybody == {account.pk: story, far_account.pk: Facts()}
    assert Facts.of_figures(story.figures(D)) == story
    assert len(story.figures(D)["groups"]) == 1
    assert story.figures(D + dt.timedelta(days=40))["groups"] == []
    # Before the contacts and the agreement: an old order, and what they could buy.
    assert of_one(account.pk, ago(61)) == Facts(purchase_on=ago(400), share_permille=5_000)


def test_facts_after_the_day_do_not_matter(account, cast, story):
    later = D + dt.timedelta(days=1)
    someone = Contact.objects.create(account=account, name="Yu", function="it", level="board")
    meet(account, later, [cast["ed_editor"]], [someone])
    order(account, later, 9_000, 4)
    PurchasePotential.objects.create(
        account=account, date=later, currency="CNY", amount_minor=1, amount=1
    )
    group = JointGroup.objects.create(account=account, subject="board", name="B", since=later)
    JointMeeting.objects.create(group=group, account=account, date=later)

    assert of_one(account.pk, D) == story


def test_who_wrote_has_not_met(account, cast):
    clerk = Contact.objects.create(account=account, name="Xu", function="finance", level="board")
    for kind in ("email", "message"):
        meet(account, ago(2), [cast["olga_owner"], cast["ed_editor"]], [clerk], kind=kind)
    assert of_one(account.pk, D) == Facts()
    meet(account, ago(1), [cast["olga_owner"]], [clerk], kind="call")

    facts = of_one(account.pk, D)
    assert (facts.levels, facts.top) == ({"board": ago(1)}, [])  # a call is no meeting


def potential(account, amount):
    PurchasePotential.objects.create(
        account=account, date=ago(90), currency="CNY", amount_minor=amount, amount=amount
    )


def test_a_share_of_no_orders_is_zero_and_of_lines_without_a_rate_unknown(account, rules):
    assert of_one(account.pk, D).share_permille is None
    potential(account, 1_000)
    order(account, ago(400), 100, 1)
    assert of_one(account.pk, D).share_permille == 0

    order(account, ago(20), None, 2)
    facts = of_one(account.pk, D)
    assert (facts.share_permille, facts.unrated) == (None, 1)

    order(account, ago(10), 300, 3)
    facts = of_one(account.pk, D)
    assert (facts.share_permille, facts.unrated) == (300, 1)
    out = io.StringIO()
    call_command("assess", account="A-1", as_of=D, stdout=out)
    line = "(30%; 1 order line without an exchange rate is left out)"
    assert f"+ Mid: Wallet share of at least 30% {line}" in out.getvalue().splitlines()


def test_orders_count_within_the_window_and_the_share_within_its_year(account, settings):
    potential(account, 1_000)
    order(account, ago(366), 100, 1)
    order(account, ago(365), 200, 2)
    settings.RANKING_WINDOW_MONTHS = 24

    facts = of_one(account.pk, D)
    before = of_one(account.pk, ago(1))

    assert (facts.purchase_on, facts.share_permille) == (ago(365), 0)
    assert before.share_permille == 200
    settings.RANKING_WINDOW_MONTHS = 12
    assert of_one(account.pk, D).purchase_on is None


@pytest.mark.parametrize(
    ("source", "returned", "bought"),
    [
        ("t", 99, True),
        ("t", 100, False),
        ("u", 100, True),  # another order, of another system, that happens to have its number
    ],
)
def test_an_order_returned_in_full_is_no_trade(account, source, returned, bought):
    order(account, ago(30), 100, 1)
    OrderLine.objects.create(
        source=source, order_id="1", line_id="2", account=account, date=ago(20), currency="CNY",
        revenue_minor=-returned, revenue=-returned,
    )  # fmt: skip

    assert (of_one(account.pk, D).purchase_on == ago(30)) == bought


def test_an_earlier_day_is_judged_by_its_own_gates(account, cast):
    potential(account, 1_000)
    order(account, ago(10), 290, 1)
    gate = StageGate.objects.get(stage="mid", kind="share")
    for version, (least, day) in enumerate([(25, ago(2)), (20, ago(1))], start=1):
        change_gate(gate, by=cast["dora_director"], version=version, least=least)
        late = end_of(day) - dt.timedelta(seconds=1)
        event = Event.objects.latest("pk")
        Event.objects.filter(pk=event.pk).update(at=late)

    def least(as_of):
        (found,) = (one for one in evidence.gates(as_of)["mid"] if one.kind == "share")
        return found.least

    assert [least(ago(days)) for days in (3, 2, 1, 0)] == [30, 25, 20, 20]
    assert least(None) == 20
    held = {
        day: [one.held for one in evidence.assess(account, day).points if one.gate.pk == gate.pk]
        for day in (ago(3), ago(2))
    }
    assert held == {ago(3): [False], ago(2): [True]}


@pytest.mark.parametrize(
    ("last", "until", "active"),
    [(89, None, 1), (90, None, 0), (1, 0, 0), (1, -1, 1)],
)
def test_a_joint_group_is_active_by_one_rule(account, cast, last, until, active):
    today = business_today()

    def back(days):
        return today - dt.timedelta(days=days)

    group = JointGroup.objects.create(
        account=account, subject="rnd", name="Gears", since=back(300),
        until=None if until is None else back(until),
    )  # fmt: skip
    JointMeeting.objects.create(group=group, account=account, date=back(last))

    panel = joint_work(account, cast["olga_owner"])

    assert len(of_one(account.pk, today).figures(today)["groups"]) == active
    assert sum(one.active for one in [*panel.groups, *panel.ended]) == active


def test_a_gate_whose_evidence_is_erased_holds_no_longer(account, story):
    Contact.objects.filter(name="Wen").delete()

    facts = of_one(account.pk, D)
    assert (facts.top, facts.levels) == ([], {"staff": ago(3)})


def test_reading_costs_the_same_for_many(account, story, django_assert_num_queries):
    with django_assert_num_queries(8):  # 6 of facts, 2 of the accounts themselves
        list(of_all(D))


def test_assess_prints_its_reasons_and_changes_nothing(account, story):
    out = io.StringIO()
    call_command("assess", account="A-1", as_of=D, stdout=out)

    lines = out.getvalue().splitlines()
    assert "Supported stage: Early" in lines
    assert "- Mid: Wallet share of at least 30% (28%)" in lines
    assert "+ Mid: 2 functions of theirs met in 180 days (2)" in lines
    for wrong in ({"account": "nobody"}, {"account": "A-1", "as_of": dt.date(2999, 1, 1)}):
        with pytest.raises(CommandError):
            call_command("assess", stdout=io.StringIO(), **wrong)

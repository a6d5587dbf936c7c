"""Trees by a parent column: no circle gets in, not even by two moves at once."""

import threading

import pytest
from django.db import connection

from customers.errors import Refused
from customers.models import Account, Contact
from customers.tree import ancestors, descendants, path, place_under

LABEL = "customers.Account"


def tree(*names):
    """Return accounts by name, each below the one before."""
    parent, made = None, {}
    for name in names:
        parent = made[name] = Account.objects.create(code=name, name=name, parent=parent)
    return made


@pytest.mark.django_db
def test_walks_up_and_down():
    nodes = tree("top", "middle", "low")

    assert ancestors(LABEL, nodes["low"].pk) == [nodes[n].pk for n in ("low", "middle", "top")]
    assert descendants(LABEL, [nodes["middle"].pk]) == [nodes["middle"].pk, nodes["low"].pk]
    assert descendants(LABEL, []) == []


@pytest.mark.django_db
def test_a_path_leads_down_to_the_node_past_what_is_left_out():
    nodes = tree("top", "second", "third", "low")
    tree("other", "below")
    seen = Account.objects.exclude(code="second")

    assert list(path(Account.objects.all(), nodes["third"].pk)) == [
        nodes[name] for name in ("top", "second", "third")
    ]
    assert list(path(seen, nodes["low"].pk)) == [nodes[name] for name in ("top", "third", "low")]
    assert list(path(Account.objects.none(), nodes["low"].pk)) == []


@pytest.mark.django_db
def test_a_node_goes_under_another_and_to_the_top():
    nodes, other = tree("top", "low"), tree("other")["other"]

    place_under(nodes["low"], other)
    assert Account.objects.get(code="low").parent == other

    place_under(nodes["low"], None)
    assert Account.objects.get(code="low").parent is None


@pytest.mark.django_db
@pytest.mark.parametrize("under", ["top", "middle", "low"])
def test_a_node_cannot_go_under_itself_or_below(under):
    nodes = tree("top", "middle", "low")

    with pytest.raises(Refused, match="itself or stands below it") as refused:
        place_under(nodes["top"], nodes[under])

    assert refused.value.field == "parent"
    assert Account.objects.get(code="top").parent is None


@pytest.mark.django_db
def test_the_same_refusal_serves_the_org_chart(account):
    chief = Contact.objects.create(account=account, name="Chief")
    clerk = Contact.objects.create(account=account, name="Clerk", parent=chief)

    with pytest.raises(Refused):
        place_under(chief, clerk)


@pytest.mark.django_db
def test_a_circle_made_by_hand_ends_the_walk():
    nodes = tree("top", "low")
    Account.objects.filter(code="top").update(parent=nodes["low"])

    assert set(ancestors(LABEL, nodes["low"].pk)) == {nodes["top"].pk, nodes["low"].pk}
    assert set(descendants(LABEL, [nodes["top"].pk])) == {nodes["top"].pk, nodes["low"].pk}
    assert set(path(Account.objects.all(), nodes["low"].pk)) == {nodes["top"], nodes["low"]}


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_never_close_a_circle():
    """Left goes under right while right goes under left: each alone is allowed."""
    for attempt in range(10):
        left, right = (
            Account.objects.create(code=f"{side}{attempt}", name=side) for side in ("left", "right")
        )
        outcomes = both_at_once(
            lambda left=left, right=right: place_under(left, right),
            lambda left=left, right=right: place_under(right, left),
        )

        assert sorted(outcomes) == ["Refused", "moved"]
        parents = set(
            Account.objects.filter(pk__in=[left.pk, right.pk]).values_list("parent", flat=True)
        )
        assert parents in ({None, left.pk}, {None, right.pk})


def both_at_once(*moves):
    """Run moves in threads that start together; return what became of each."""
    start, outcomes = threading.Barrier(len(moves)), []

    def run(move):
        try:
            start.wait(timeout=10)
            move()
            outcomes.append("moved")
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(move,)) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes

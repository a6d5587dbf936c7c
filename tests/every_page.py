"""The address of every page of the demo company."""

from accounts_crm.models import NightlyRun
from churn.models import Defection, Flag, Goal, Playbook
from customers.models import (
    Account,
    CompetitorSighting,
    Complaint,
    Contact,
    Interaction,
    Receivable,
)
from lifecycle.models import StageGate
from teams.models import Competence, JointGroup, LinkageGroup, Post


def pages():
    """Return the address of every page that a director reads, forms included."""
    account = Account.objects.filter(owner__isnull=False, order_lines__isnull=False).order_by("pk")[
        0
    ]
    run = NightlyRun.objects.latest_published()
    assessed = Competence.objects.filter(rater__username="director").first()
    found = ["/", "/accounts/", "/accounts/?scope=group", "/accounts/?q=no-such-name"]
    found += ["/accounts/new/", f"/accounts/{account.pk}/edit/", "/log/", "/dashboard/", "/me/"]
    found += ["/notices/", "/notices/?show=all"]
    found += ["/tiers/", "/tiers/requests/", "/policies/tiers/", f"/accounts/{account.pk}/tier/"]
    found += [f"/accounts/{account.pk}/stance/new/", "/policies/stages/"]
    for kind in ("levels", "share"):
        gate = StageGate.objects.get(stage="mid", kind=kind).pk
        found += [f"/accounts/{account.pk}/evidence/?gate={gate}"]
    found += [f"/policies/stages/{StageGate.objects.get(stage='mid', kind='levels').pk}/"]
    found += ["/policies/signals/", "/policies/signals/no_contact/"]
    found += [f"/accounts/{account.pk}/", f"/accounts/{account.pk}/contacts/new/"]
    found += [
        f"/accounts/{account.pk}/{tab}/"
        for tab in ("people", "timeline", "value", "team", "lifecycle", "risk", "plan", "history")
    ]
    found += [
        f"/accounts/{account.pk}/{form}/"
        for form in ("members", "leader", "joint-groups", "joint-offices", "open-books")
    ]
    found += [
        "/teams/",
        "/teams/?as_of=2020-01-01",
        "/teams/posts/history/",
        "/teams/posts/new/",
        "/teams/workload/",
    ]
    found += ["/teams/pay-mix/", "/teams/pay-mix/?base=x"]
    found += [f"/teams/posts/{Post.objects.filter(holder=None).first().pk}/"]
    group = JointGroup.objects.filter(until=None, meetings__isnull=False).first()
    found += [f"/accounts/{group.account_id}/team/", f"/joint-groups/{group.pk}/"]
    found += [f"/joint-groups/{group.pk}/meetings/"]
    found += [f"/members/{account.team.filter(until=None).exclude(role='lead').first().pk}/"]
    found += [
        "/stages/",
        "/stages/breaks/",
        "/risk/",
        "/risk/model/",
        "/search/?q=a",
        "/accounts/views/new/?tier=strategic",
    ]
    found += [f"/contacts/{Contact.objects.filter(account=account).first().pk}/edit/"]
    found += [f"/interactions/{Interaction.objects.first().pk}/edit/"]
    found += [f"/accounts/{account.pk}/complaints/new/", f"/accounts/{account.pk}/potential/new/"]
    found += [f"/accounts/{account.pk}/satisfaction/new/", "/data/runs/", f"/data/runs/{run.pk}/"]
    found += [f"/complaints/{Complaint.objects.first().pk}/edit/", "/auth/logout/", "/nowhere/"]
    found += [f"/accounts/{account.pk}/{form}/new/" for form in ("receivables", "sightings")]
    found += [f"/receivables/{Receivable.objects.first().pk}/edit/"]
    found += [f"/sightings/{CompetitorSighting.objects.first().pk}/edit/"]
    found += ["/risk/playbooks/", "/risk/playbooks/new/", "/risk/defections/", "/goals/"]
    found += ["/goals/new/", f"/accounts/{account.pk}/defections/new/"]
    found += [
        f"/risk/playbooks/{Playbook.objects.first().pk}/",
        f"/goals/{Goal.objects.first().pk}/",
        f"/defections/{Defection.objects.first().pk}/edit/",
        f"/flags/{Flag.objects.first().pk}/",
    ]
    linked = LinkageGroup.objects.filter(members__until=None).first()
    found += [
        "/teams/linkage/",
        f"/teams/linkage/{linked.pk}/",
        f"/teams/linkage/{linked.pk}/name/",
        "/teams/handovers/",
        "/teams/competence/",
        f"/teams/competence/{assessed.pk}/",
        f"/teams/competence/{assessed.pk}/correction/",
        "/teams/departure/",
        f"/teams/departure/{account.owner_id}/",
        f"/accounts/{account.pk}/deputies/",
    ]
    return found

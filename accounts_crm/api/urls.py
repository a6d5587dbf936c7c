"""The API's addresses."""

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import JsonResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts_crm.api.accounts import Accounts
from accounts_crm.api.idempotency import Once
from churn.api import Flags, Risks
from churn.back_test_api import BackTests
from churn.defection_api import Defections
from churn.goal_api import Goals
from churn.playbook_api import Playbooks
from customers.api.contacts import Contacts
from customers.api.events import Events
from customers.api.facts import Complaints, Receivables, Satisfaction, Sightings
from customers.api.interactions import Interactions
from customers.api.order_lines import OrderLines
from customers.api.rankings import Rankings
from customers.api.steps import NextSteps
from lifecycle.api import StageMoves
from lifecycle.assessment_api import Assessments
from lifecycle.breaks_api import Breaks
from lifecycle.policy_api import OpenBooks, StageGates, SupplierStances, TierPolicies
from lifecycle.tier_api import TierRequests
from teams.api import JointGroups, JointMeetings, Posts, TeamMembers
from teams.competence_api import Competences
from teams.people_api import Deputies, Handovers, LinkageGroups

RESOURCES = {
    "accounts": Accounts,
    "contacts": Contacts,
    "interactions": Interactions,
    "next-steps": NextSteps,
    "complaints": Complaints,
    "satisfaction": Satisfaction,
    "receivables": Receivables,
    "sightings": Sightings,
    "order-lines": OrderLines,
    "rankings": Rankings,
    "risk": Risks,
    "back-tests": BackTests,
    "flags": Flags,
    "assessments": Assessments,
    "breaks": Breaks,
    "playbooks": Playbooks,
    "goals": Goals,
    "defections": Defections,
    "stage-moves": StageMoves,
    "team-members": TeamMembers,
    "joint-groups": JointGroups,
    "joint-meetings": JointMeetings,
    "posts": Posts,
    "tier-requests": TierRequests,
    "tier-policies": TierPolicies,
    "stage-gates": StageGates,
    "supplier-stances": SupplierStances,
    "open-books": OpenBooks,
    "linkage-groups": LinkageGroups,
    "deputies": Deputies,
    "handovers": Handovers,
    "competences": Competences,
    "events": Events,
}


@csrf_exempt
@login_not_required
def nothing_here(request, rest=""):
    """Answer for an address that is none of ours as the API answers, not with a page."""
    return JsonResponse(
        {"detail": _("There is nothing at this address."), "errors": {}}, status=404
    )


router = SimpleRouter()
for name, resource in RESOURCES.items():
    once = type(resource.__name__, (Once, resource), {"__doc__": resource.__doc__})
    router.register(f"v1/{name}", once, basename=f"api-{name}")

urlpatterns = [
    *router.urls,
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        login_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema")),
        name="api-docs",
    ),
    re_path(r"^(?P<rest>.*)$", nothing_here),
]

"""Customers that left: the report, and recording them, in the browser."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from churn.defection_actions import change_defection, record_defection
from churn.defection_forms import DefectionForm, ReportForm
from churn.models import Defection, DefectionType
from customers import access
from customers.access import Change
from customers.errors import Refused
from customers.models import Account

PAGE = 50
WinBack = Defection.WinBack


@dataclass(frozen=True)
class TypeLine:
    """The losses of one type: how many, what they were worth, how many came back.

    value      minor units of the reporting currency, of those with a known value
    replacing  what new customers of that size would cost, of the `costed` alone; None without any
    """

    label: str
    count: int = 0
    value: int = 0
    valued: int = 0
    won: int = 0
    costed: int = 0
    keeping: int = 0

    @property
    def rate(self) -> float | None:
        """Return the part won back of all losses of the type, as a fraction; None without any."""
        return self.won / self.count if self.count else None

    @property
    def replacing(self) -> int | None:
        """Return what winning new customers would cost; None where no cost is known."""
        return settings.WINNING_COSTS_TIMES * self.keeping if self.costed else None


@require_safe
def defections(request):
    """Who left and why, what it costs, and how often whom we win back."""
    if not access.may_see_dashboard(request.user):
        raise PermissionDenied(_("Losses are shown to those who look after accounts."))
    form = ReportForm(request.GET)
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    seen = Defection.objects.visible_to(request.user)
    rows = seen.filter(**chosen).select_related("account").order_by("-date", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    changeable = Defection.objects.editable_by(request.user).filter(
        pk__in=[row.pk for row in page.object_list]
    )
    context = {
        "form": form,
        "changeable": set(changeable.order_by().values_list("pk", flat=True)),
        "types": type_lines(seen),
        "times": settings.WINNING_COSTS_TIMES,
        "currency": settings.REPORTING_CURRENCY,
        "page": page,
    }
    return render(request, "churn/defections.html", context)


def type_lines(seen: QuerySet[Defection]) -> list[TypeLine]:
    """Return the losses by type, in one query; amounts of another currency are left out."""
    ours = Q(currency=settings.REPORTING_CURRENCY)
    rows = (
        seen.order_by()
        .values("type")
        .annotate(
            count=Count("pk"),
            value=Sum("value_lost", filter=ours, default=0),
            valued=Count("value_lost", filter=ours),
            won=Count("pk", filter=Q(winback=WinBack.WON)),
            costed=Count("keeping_cost", filter=ours),
            keeping=Sum("keeping_cost", filter=ours, default=0),
        )
        .values_list("type", "count", "value", "valued", "won", "costed", "keeping")
    )
    found = {code: [int(figure) for figure in figures] for code, *figures in rows}
    return [TypeLine(str(label), *found.get(code, ())) for code, label in DefectionType.choices]


@require_http_methods(["GET", "HEAD", "POST"])
def defection_new(request, pk):
    """Record that a customer left."""
    account = Account.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = DefectionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            record_defection(account, by=request.user, **form.values())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, account, _("The loss is recorded."))
    return _draw(request, form, account, _("Record a lost customer"))


@require_http_methods(["GET", "HEAD", "POST"])
def defection_edit(request, pk):
    """Correct a record, or say what came of winning the customer back."""
    defection = Defection.objects.get_for(request.user, pk, change=Change.RELATIONSHIP)
    form = DefectionForm(request.POST if request.method == "POST" else None, instance=defection)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_defection(defection, by=request.user, version=version, **form.touched())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, defection.account, _("The record is saved."))
    return _draw(request, form, defection.account, _("Lost customer"))


def _saved(request, account, said):
    messages.success(request, said)
    return redirect(f"{account.get_absolute_url()}#risk")


def _draw(request, form, account, title):
    context = {"form": form, "account": account, "title": title}
    return render(request, "customers/fact_form.html", context, status=form.answer)

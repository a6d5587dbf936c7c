"""The URL map."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from accounts_crm import (
    account_edit,
    account_evidence,
    account_page,
    account_tabs,
    calendar_feed,
    handover_page,
    me,
    runs,
    switches,
    visits,
)
from accounts_crm.account_risk import account_risk
from accounts_crm.boards import risk_queue, stage_board, stage_breaks
from accounts_crm.dashboard.page import dashboard
from accounts_crm.dashboard.pdf import dashboard_pdf
from accounts_crm.departures.page import departure_of, departures
from accounts_crm.health import HealthView
from accounts_crm.log import dates as log_dates
from accounts_crm.log import edit as log_edit
from accounts_crm.log import offline as log_offline
from accounts_crm.log import page as log
from accounts_crm.log import state as log_state
from accounts_crm.my_day import my_day
from accounts_crm.notices.page import notices, notices_read
from accounts_crm.pay_mix import pay_mix
from accounts_crm.portfolio import portfolio, saved
from accounts_crm.portfolio.bulk import bulk, bulk_undo
from accounts_crm.portfolio.export import portfolio_export
from accounts_crm.search.page import search
from accounts_crm.tiers.page import tiers
from accounts_crm.workload import workload

# The admin has no log-in of its own: one door, with its second factor and its limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Keel"

handler400 = "accounts_crm.errors.bad_request"
handler403 = "accounts_crm.errors.denied"
handler404 = "accounts_crm.errors.not_found"
handler500 = "accounts_crm.errors.failed"

urlpatterns = [
    path("", my_day, name="my-day"),
    path("notices/", notices, name="notices"),
    path("notices/read/", notices_read, name="notices-read"),
    path("me/", me.me, name="settings-me"),
    path("me/calendar/", calendar_feed.own_calendar, name="own-calendar"),
    path("calendar/<str:key>.ics", calendar_feed.calendar, name="calendar"),
    path("me/tokens/", me.own_tokens, name="own-tokens"),
    path("me/tokens/<str:key>/", me.token_end, name="token-end"),
    path("me/language/", switches.language, name="language"),
    path("me/theme/", switches.theme, name="theme"),
    path("accounts/", portfolio, name="accounts"),
    path("accounts/export.<str:kind>", portfolio_export, name="accounts-export"),
    path("accounts/bulk/", bulk, name="bulk"),
    path("accounts/bulk/<int:pk>/undo/", bulk_undo, name="bulk-undo"),
    path("accounts/views/new/", saved.view_new, name="view-new"),
    path("accounts/views/<int:pk>/edit/", saved.view_edit, name="view-edit"),
    path("accounts/views/<int:pk>/query/", saved.view_query, name="view-query"),
    path("accounts/views/<int:pk>/state/", saved.view_state, name="view-state"),
    path("accounts/views/<int:pk>/default/", saved.view_default, name="view-default"),
    path("accounts/new/", account_edit.account_new, name="account-new"),
    path("accounts/names/", account_edit.account_names, name="account-names"),
    path("accounts/<int:pk>/", account_page.account_page, name="account"),
    path("accounts/<int:pk>/risk/", account_risk, name="account-risk"),
    path("accounts/<int:pk>/people/", account_tabs.account_people, name="account-people"),
    path("accounts/<int:pk>/team/", account_tabs.account_team, name="account-team"),
    path("accounts/<int:pk>/value/", account_tabs.account_value, name="account-value"),
    path("accounts/<int:pk>/lifecycle/", account_tabs.account_lifecycle, name="account-lifecycle"),
    path("accounts/<int:pk>/plan/", account_tabs.account_plan, name="account-plan"),
    path("accounts/<int:pk>/met/", account_tabs.account_met, name="account-met"),
    path("accounts/<int:pk>/evidence/", account_evidence.account_evidence, name="account-evidence"),
    path("accounts/<int:pk>/history/", account_tabs.account_history, name="account-history"),
    path("accounts/<int:pk>/pin/", visits.account_pin, name="account-pin"),
    path("accounts/<int:pk>/timeline/", account_tabs.account_timeline, name="account-timeline"),
    path("accounts/<int:pk>/steps/", account_page.account_steps, name="account-steps"),
    path("accounts/<int:pk>/edit/", account_edit.account_edit, name="account-edit"),
    path("", include("customers.urls")),
    path("search/", search, name="search"),
    path("log/", log.log, name="log"),
    path("log/accounts/", log.accounts, name="log-accounts"),
    path("sw.js", log_offline.worker, name="worker"),
    path("manifest.webmanifest", log_offline.manifest, name="manifest"),
    path("log/dates/", log_dates.dates, name="log-dates"),
    path("interactions/<int:pk>/edit/", log_edit.edit, name="interaction-edit"),
    path("interactions/<int:pk>/state/", log_state.state, name="interaction-state"),
    path("stages/", stage_board, name="stages"),
    path("stages/breaks/", stage_breaks, name="breaks"),
    path("risk/", risk_queue, name="risk"),
    path("dashboard/", dashboard, name="dashboard"),
    path("dashboard/pdf/", dashboard_pdf, name="dashboard-pdf"),
    path("tiers/", tiers, name="tiers"),
    path("data/runs/", runs.runs, name="runs"),
    path("data/runs/<int:pk>/", runs.run, name="run"),
    path("teams/workload/", workload, name="workload"),
    path("teams/pay-mix/", pay_mix, name="pay-mix"),
    path("", include("teams.urls")),
    path("teams/departure/", departures, name="departures"),
    path("teams/departure/<int:pk>/", departure_of, name="departure"),
    path("handovers/<int:pk>/", handover_page.handover, name="handover"),
    path("", include("teams.people_urls")),
    path("", include("lifecycle.urls")),
    path("", include("churn.urls")),
    path("api/", include("accounts_crm.api.urls")),
    path("health/", login_not_required(HealthView.as_view()), name="health"),
    path("auth/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

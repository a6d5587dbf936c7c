"""The URL map."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from accounts_crm import account_edit, account_page, log, log_edit, me, runs, switches
from accounts_crm.dashboard.page import dashboard
from accounts_crm.health import HealthView
from accounts_crm.my_day import my_day
from accounts_crm.portfolio import portfolio

# The admin has no log-in of its own: one door, with its second factor and its limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Keel"

handler400 = "accounts_crm.errors.bad_request"
handler403 = "accounts_crm.errors.denied"
handler404 = "accounts_crm.errors.not_found"
handler500 = "accounts_crm.errors.failed"

urlpatterns = [
    path("", my_day, name="my-day"),
    path("me/", me.me, name="settings-me"),
    path("me/tokens/", me.own_tokens, name="own-tokens"),
    path("me/tokens/<str:key>/", me.token_end, name="token-end"),
    path("me/language/", switches.language, name="language"),
    path("me/theme/", switches.theme, name="theme"),
    path("accounts/", portfolio, name="accounts"),
    path("accounts/new/", account_edit.account_new, name="account-new"),
    path("accounts/names/", account_edit.account_names, name="account-names"),
    path("accounts/<int:pk>/", account_page.account_page, name="account"),
    path("accounts/<int:pk>/timeline/", account_page.account_timeline, name="account-timeline"),
    path("accounts/<int:pk>/steps/", account_page.account_steps, name="account-steps"),
    path("accounts/<int:pk>/edit/", account_edit.account_edit, name="account-edit"),
    path("", include("customers.urls")),
    path("log/", log.log, name="log"),
    path("log/accounts/", log.accounts, name="log-accounts"),
    path("interactions/<int:pk>/edit/", log_edit.edit, name="interaction-edit"),
    path("dashboard/", dashboard, name="dashboard"),
    path("data/runs/", runs.runs, name="runs"),
    path("data/runs/<int:pk>/", runs.run, name="run"),
    path("", include("churn.urls")),
    path("api/", include("accounts_crm.api.urls")),
    path("health/", login_not_required(HealthView.as_view()), name="health"),
    path("auth/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

"""The URL map."""

from django.contrib import admin
from django.urls import include, path

from accounts_crm import switches

urlpatterns = [
    path("me/language/", switches.language, name="language"),
    path("me/theme/", switches.theme, name="theme"),
    path("auth/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

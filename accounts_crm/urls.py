"""The URL map."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("auth/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

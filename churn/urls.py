"""URLs of the churn floor."""

from django.urls import path

from churn import views

app_name = "churn"
urlpatterns = [
    path("risk/model/", views.back_test, name="back-test"),
    path("accounts/<int:pk>/flags/", views.flags, name="flags"),
    path("flags/<int:pk>/state/", views.flag_state, name="flag-state"),
]

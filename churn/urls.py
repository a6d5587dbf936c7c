"""URLs of the churn floor."""

from django.urls import path

from churn import policy_views, views

app_name = "churn"
urlpatterns = [
    path("accounts/<int:pk>/flags/", views.flags, name="flags"),
    path("flags/<int:pk>/state/", views.flag_state, name="flag-state"),
    path("policies/signals/", policy_views.signal_policies, name="signal-policies"),
    path("policies/signals/<str:key>/", policy_views.signal_policy, name="signal-policy"),
]

"""URLs of the churn floor."""

from django.urls import path

from churn import defection_views, goal_views, playbook_views, policy_views, views

app_name = "churn"
urlpatterns = [
    path("risk/model/", views.back_test, name="back-test"),
    path("accounts/<int:pk>/flags/", views.flags, name="flags"),
    path("flags/<int:pk>/", views.flag, name="flag"),
    path("flags/<int:pk>/state/", views.flag_state, name="flag-state"),
    path("policies/signals/", policy_views.signal_policies, name="signal-policies"),
    path("policies/signals/<str:key>/", policy_views.signal_policy, name="signal-policy"),
    path("risk/defections/", defection_views.defections, name="defections"),
    path("accounts/<int:pk>/defections/new/", defection_views.defection_new, name="defection-new"),
    path("defections/<int:pk>/edit/", defection_views.defection_edit, name="defection-edit"),
    path("goals/", goal_views.goals, name="goals"),
    path("goals/new/", goal_views.goal_new, name="goal-new"),
    path("goals/<int:pk>/", goal_views.goal_edit, name="goal-edit"),
    path("goals/<int:pk>/end/", goal_views.goal_end, name="goal-end"),
    path("risk/playbooks/", playbook_views.playbooks, name="playbooks"),
    path("risk/playbooks/new/", playbook_views.playbook_new, name="playbook-new"),
    path("risk/playbooks/<int:pk>/", playbook_views.playbook_edit, name="playbook-edit"),
]

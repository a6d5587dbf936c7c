"""Addresses of linkage groups, handovers, departures and competence."""

from django.urls import path

from teams import competence_views, handover_views, linkage_edit, linkage_views

app_name = "people"

urlpatterns = [
    path("teams/linkage/", linkage_views.linkage, name="linkage"),
    path("teams/linkage/<int:pk>/", linkage_views.linkage_group, name="linkage-group"),
    path("teams/linkage/<int:pk>/name/", linkage_edit.name, name="linkage-name"),
    path("teams/linkage/<int:pk>/end/", linkage_edit.end, name="linkage-end"),
    path("teams/linkage/<int:pk>/members/", linkage_views.linkage_members, name="linkage-members"),
    path(
        "linkage-members/<int:pk>/end/",
        linkage_views.linkage_member_end,
        name="linkage-member-end",
    ),
    path("accounts/<int:pk>/deputies/", linkage_views.deputies, name="deputies"),
    path("deputies/<int:pk>/end/", linkage_views.deputy_end, name="deputy-end"),
    path("teams/competence/", competence_views.competences, name="competences"),
    path("teams/competence/<int:pk>/", competence_views.competence, name="competence"),
    path(
        "teams/competence/<int:pk>/correction/",
        competence_views.competence_correct,
        name="competence-correct",
    ),
    path("teams/competence/of/<int:pk>/", competence_views.competence_new, name="competence-new"),
    path("training-goals/<int:pk>/state/", competence_views.training_goal, name="training-goal"),
    path("teams/handovers/", handover_views.handovers, name="handovers"),
    path("handovers/<int:pk>/ticks/", handover_views.ticks, name="handover-ticks"),
    path("handovers/<int:pk>/steps/", handover_views.steps, name="handover-steps"),
]

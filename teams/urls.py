"""Addresses of the people floor."""

from django.urls import path

from teams import joint_views, post_views, views

app_name = "teams"

urlpatterns = [
    path("teams/", post_views.posts, name="posts"),
    path("teams/posts/new/", post_views.post_new, name="post-new"),
    path("teams/posts/history/", post_views.post_history, name="post-history"),
    path("teams/posts/<int:pk>/", post_views.post, name="post"),
    path("teams/posts/<int:pk>/end/", post_views.post_end, name="post-end"),
    path("accounts/<int:pk>/members/", views.members, name="members"),
    path("accounts/<int:pk>/leader/", views.leader, name="leader"),
    path("members/<int:pk>/", views.member, name="member"),
    path("members/<int:pk>/end/", views.member_end, name="member-end"),
    path("accounts/<int:pk>/joint-groups/", joint_views.groups, name="joint-groups"),
    path("joint-groups/<int:pk>/", joint_views.group, name="joint-group"),
    path("joint-groups/<int:pk>/end/", joint_views.group_end, name="joint-group-end"),
    path("joint-groups/<int:pk>/meetings/", joint_views.meetings, name="joint-meetings"),
    path(
        "joint-meetings/<int:pk>/removal/",
        joint_views.meeting_removal,
        name="joint-meeting-removal",
    ),
    path("accounts/<int:pk>/joint-offices/", joint_views.offices, name="joint-offices"),
    path("joint-offices/<int:pk>/", joint_views.office, name="joint-office"),
]

"""URLs of the lifecycle floor."""

from django.urls import path

from lifecycle import gate_views, open_book_views, tier_requests, tier_views, views

app_name = "lifecycle"
urlpatterns = [
    path("accounts/<int:pk>/stage/", views.stage, name="stage"),
    path("accounts/<int:pk>/stage-moves/", views.stage_moves, name="stage-moves"),
    path("accounts/<int:pk>/tier/", tier_requests.ask, name="tier-ask"),
    path("accounts/<int:pk>/stance/new/", tier_views.stance_new, name="stance-new"),
    path("accounts/<int:pk>/open-books/", open_book_views.open_book_new, name="open-book-new"),
    path("open-books/<int:pk>/", open_book_views.open_book_edit, name="open-book"),
    path("open-books/<int:pk>/end/", open_book_views.open_book_end, name="open-book-end"),
    path("tiers/requests/", tier_requests.inbox, name="tier-requests"),
    path("tiers/requests/<int:pk>/state/", tier_requests.state, name="tier-request-state"),
    path("policies/stages/", gate_views.gates, name="stage-gates"),
    path("policies/stages/<int:pk>/", gate_views.gate_edit, name="stage-gate"),
    path("policies/tiers/", tier_views.policies, name="tier-policies"),
    path("policies/tiers/<str:key>/", tier_views.policy_edit, name="tier-policy"),
]

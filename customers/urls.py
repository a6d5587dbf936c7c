"""Addresses of the ground floor; their names have no prefix, so that upper floors may keep them."""

from django.urls import path

from customers import step_views

urlpatterns = [
    path("accounts/<int:pk>/next-steps/", step_views.plan, name="step-plan"),
    path("next-steps/<int:pk>/state/", step_views.state, name="step-state"),
    path("next-steps/<int:pk>/due/", step_views.due, name="step-due"),
]

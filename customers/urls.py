"""Addresses of the ground floor; their names have no prefix, so that upper floors may keep them."""

from django.urls import path

from customers import contact_views, fact_views, step_views

urlpatterns = [
    path("accounts/<int:pk>/contacts/new/", contact_views.contact_new, name="contact-new"),
    path("contacts/<int:pk>/edit/", contact_views.contact_edit, name="contact-edit"),
    path("accounts/<int:pk>/complaints/new/", fact_views.complaint_new, name="complaint-new"),
    path("complaints/<int:pk>/edit/", fact_views.complaint_edit, name="complaint-edit"),
    path(
        "accounts/<int:pk>/satisfaction/new/", fact_views.satisfaction_new, name="satisfaction-new"
    ),
    path("accounts/<int:pk>/potential/new/", fact_views.potential_new, name="potential-new"),
    path("accounts/<int:pk>/receivables/new/", fact_views.receivable_new, name="receivable-new"),
    path("receivables/<int:pk>/edit/", fact_views.receivable_edit, name="receivable-edit"),
    path("accounts/<int:pk>/sightings/new/", fact_views.sighting_new, name="sighting-new"),
    path("sightings/<int:pk>/edit/", fact_views.sighting_edit, name="sighting-edit"),
    path("accounts/<int:pk>/next-steps/", step_views.plan, name="step-plan"),
    path("next-steps/<int:pk>/state/", step_views.state, name="step-state"),
    path("next-steps/<int:pk>/due/", step_views.due, name="step-due"),
]

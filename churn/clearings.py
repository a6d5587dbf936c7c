"""What would clear a finding, as a sentence in the reader's language; see churn.findings."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.figures import compact


def _enough_value(figures) -> str:
    # Flags keep the findings of nights that did not say it yet.
    if "enough" not in figures:
        return ""
    amount = {"enough": compact(figures["enough"], figures["currency"])}
    if figures["measure"] == "margin":
        return _("Cleared when the margin of 90 days reaches %(enough)s again.") % amount
    return _("Cleared when the revenue of 90 days reaches %(enough)s again.") % amount


def _one_side_more(figures) -> str:
    if figures["theirs"] and figures["ours"]:
        return _("Cleared when a second person is in touch on each side.")
    if figures["theirs"]:
        return _("Cleared when a second person of theirs is met.")
    return _("Cleared when a second person of ours is in touch.")


def _all_settled(figures) -> str:
    if figures["trouble"]:
        return _("Cleared when the credit trouble is lifted and what is past due is paid.")
    return ngettext(
        "Cleared when the invoice is paid.", "Cleared when the invoices are paid.", figures["count"]
    )


CLEARINGS = {
    "interrupted": lambda figures: _("Cleared when the stage resumes."),
    "value_falling": _enough_value,
    "order_gap": lambda figures: _("Cleared by an order."),
    "quality_complaint": lambda figures: ngettext(
        "Cleared when the complaint is resolved.",
        "Cleared when the complaints are resolved.",
        figures["count"],
    ),
    "champion_left": lambda figures: _(
        "Cleared when another champion or decider of theirs is met, or 180 days after they left."
    ),
    "categories_dropped": lambda figures: _("Cleared when they are bought again."),
    "wallet_falling": lambda figures: _(
        "Cleared when the share comes near that of the year before."
    ),
    "complaints_rising": lambda figures: _("Cleared when a quarter brings no more than usual."),
    "satisfaction_falling": lambda figures: _("Cleared by a score near the average before."),
    "payment_overdue": _all_settled,
    "competitor_rising": lambda figures: _(
        "Cleared by a newer estimate of their share near the average before."
    ),
    "steps_overdue": lambda figures: ngettext(
        "Cleared when the step is done, dropped or given another day.",
        "Cleared when the steps are done, dropped or given another day.",
        figures["count"],
    ),
    "no_contact": lambda figures: _("Cleared by a contact in the log."),
    "tone_turning": lambda figures: _("Cleared when the next contacts go better."),
    "manager_changed": lambda figures: _(
        "Cleared when all points of the handover are done, or after 180 days."
    ),
    "single_threaded": _one_side_more,
}

"""Which stage follows which, and why a relationship breaks: plain data (the design, §4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Stage

# In the order of development; a relationship may break at any of them.
TRACK = (Stage.PRE, Stage.EARLY, Stage.MID, Stage.PARTNERSHIP, Stage.SYNERGISTIC)
NEXT: dict[str, tuple[Stage, ...]] = {
    stage: tuple(TRACK[at] for at in (place - 1, place + 1) if 0 <= at < len(TRACK))
    for place, stage in enumerate(TRACK)
}


class Cause(models.TextChoices):
    """Why a relationship was interrupted; quality first, the deadliest of all."""

    QUALITY = "quality", _("Quality problem")
    STAFF = "staff", _("Staff change")
    TRUST = "trust", _("Lack of trust")
    PERSISTENCE = "persistence", _("Lack of persistence")
    CULTURE = "culture", _("Cultural difference")
    MARKET = "market", _("Change of market position")
    MIX = "mix", _("Product or process mix")
    INVOLVEMENT = "involvement", _("Customer involvement")
    FINANCE = "finance", _("Financial trouble")
    CHAIN = "chain", _("Position in the value chain")


INTERNAL = (Cause.QUALITY, Cause.STAFF, Cause.TRUST, Cause.PERSISTENCE, Cause.CULTURE)
EXTERNAL = (Cause.MARKET, Cause.MIX, Cause.INVOLVEMENT, Cause.FINANCE, Cause.CHAIN)

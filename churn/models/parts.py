"""The accounts of a run under way in parts, so that several workers score them."""

from django.db import models


class RiskPart(models.Model):
    """A range of accounts that one worker scores for a run; gone once the run has all its rows.

    A part is taken and left by conditional updates only: what a worker makes of it counts while
    the claim is its own.
    """

    # By name: the run stands at the roof.
    run = models.ForeignKey("accounts_crm.NightlyRun", models.CASCADE, related_name="risk_parts")
    number = models.PositiveIntegerField()
    columns = models.BinaryField()  # see churn.parts.LAYOUT
    told = models.BooleanField(default=False)  # whether other workers have been asked for it
    claim = models.CharField(max_length=32, blank=True)  # of who works on it
    claimed_at = models.DateTimeField(null=True)
    done = models.BooleanField(default=False)
    tally = models.JSONField(default=dict)  # how many of what it found

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="risk_part_once")]

    def __str__(self):
        return f"{self.run_id}/{self.number}"

"""The default contact cadence of each tier (the design, §3)."""

from django.db import migrations

CADENCE_DAYS = {"ordinary": 60, "partner": 30, "strategic": 14}


def make_policies(apps, schema_editor):
    policy = apps.get_model("lifecycle", "TierPolicy")
    for tier, days in CADENCE_DAYS.items():
        policy.objects.get_or_create(tier=tier, defaults={"contact_every_days": days})


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0001_initial")]

    operations = [migrations.RunPython(make_policies, migrations.RunPython.noop)]

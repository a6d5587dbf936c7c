"""A row for every kind of gate at every stage, so that directors can ask for any of them."""

from django.db import migrations

STAGES = ("early", "mid", "partnership", "synergistic")
DAYS = {  # what must be shown, and within how many days unless somebody says otherwise
    "trade": None,
    "share": None,
    "functions": 180,
    "levels": 180,
    "pairs": 180,
    "director": 180,
    "groups": 90,
    "top": 365,
    "open_book": None,
}


def add_gates(apps, schema_editor):
    gate = apps.get_model("lifecycle", "StageGate")
    for stage in STAGES:
        for kind, days in DAYS.items():
            gate.objects.get_or_create(stage=stage, kind=kind, defaults={"least": 0, "days": days})


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0009_stances")]

    operations = [migrations.RunPython(add_gates, migrations.RunPython.noop)]

"""The default gates of each stage and the marks of each tier (the design, §3 and §4)."""

from django.db import migrations

GATES = [  # stage, what must be shown, how many at least, within how many days
    ("early", "trade", 1, None),
    ("mid", "share", 30, None),
    ("mid", "functions", 2, 180),
    ("mid", "levels", 2, 180),
    ("partnership", "share", 60, None),
    ("partnership", "pairs", 4, 180),
    ("partnership", "director", 1, 180),
    ("synergistic", "share", 80, None),
    ("synergistic", "groups", 2, 90),
    ("synergistic", "top", 1, 365),
    ("synergistic", "open_book", 1, None),
]
MARKS = {
    "partner": {"seen_functions": 3, "seen_ours": 3},
    "strategic": {"seen_functions": 5, "seen_levels": 4, "seen_groups": 2},
}


def make_defaults(apps, schema_editor):
    gate = apps.get_model("lifecycle", "StageGate")
    for stage, kind, least, days in GATES:
        gate.objects.get_or_create(stage=stage, kind=kind, defaults={"least": least, "days": days})
    policy = apps.get_model("lifecycle", "TierPolicy")
    for tier, marks in MARKS.items():
        policy.objects.filter(tier=tier).update(**marks)


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0005_gates")]

    operations = [migrations.RunPython(make_defaults, migrations.RunPython.noop)]

"""The six roles, each a group."""

from django.db import migrations

ROLES = [
    "account manager",
    "director",
    "reader",
    "data steward",
    "integration",
    "administrator",
]


def make_roles(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]

"""Who holds a post now begins its history."""

from django.db import migrations


def begin_holdings(apps, schema_editor):
    post, holding = apps.get_model("teams", "Post"), apps.get_model("teams", "PostHolding")
    holding.objects.bulk_create(
        holding(post=held, user_id=held.holder_id, since=held.since)
        for held in post.objects.filter(holder__isnull=False)
    )


class Migration(migrations.Migration):
    dependencies = [("teams", "0006_organisation")]

    operations = [migrations.RunPython(begin_holdings, migrations.RunPython.noop)]

from django.db import migrations


def index_what_is_there(apps, schema_editor):
    # Names its columns, so that columns of later migrations do not matter.
    from customers.search.texts import rebuild

    rebuild()


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_search_text")]

    operations = [migrations.RunPython(index_what_is_there, migrations.RunPython.noop)]

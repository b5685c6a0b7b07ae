"""Jobs get an address, which the ones that are there already don't have."""

from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def refuse(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Ends the command with exit code 3; the migration's transaction takes back what it did before."""
    raise CommandError("jobs.0003_job_address: the jobs that exist have no address, so none was added.", returncode=3)


class Migration(migrations.Migration):
    """Fails after its first step, as a migration does that was only tried on an empty database."""

    dependencies = (("jobs", "0002_job_priority"),)
    operations = (
        migrations.AddField("job", "address", models.CharField(max_length=80, null=True)),
        migrations.RunPython(refuse),
    )

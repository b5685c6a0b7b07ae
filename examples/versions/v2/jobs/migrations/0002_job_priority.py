"""Jobs get a priority."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """While v2 is rolled out v1 still runs, and knows no priority: the database itself fills it in for v1's jobs."""

    dependencies = (("jobs", "0001_initial"),)
    operations = (
        migrations.AddField("job", "priority", models.SmallIntegerField(db_default=0)),
        migrations.RemoveIndex("job", "job_state"),
        migrations.AddIndex("job", models.Index(fields=["state", "-priority", "id"], name="job_next")),
    )

"""The queue's table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing was there before."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("seconds", models.FloatField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("started", "Started"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["state", "id"], name="job_state")]},
        ),
    )

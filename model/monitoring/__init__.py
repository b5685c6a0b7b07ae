"""Which alarms there are and on what, and the `monitoring` output."""

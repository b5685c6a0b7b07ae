"""Where apps report jobs and queue times to, as they would to Judoscale and HireFire."""

"""One app: roles, task definitions, services, scaling, schedules, backdoor."""

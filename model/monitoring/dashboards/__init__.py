"""Dashboards as values: what there is to see of an environment, whoever draws it."""

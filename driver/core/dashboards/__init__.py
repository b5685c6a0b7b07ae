"""Dashboards of an environment, in Grafana."""

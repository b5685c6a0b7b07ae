"""Dashboards and folders of a Grafana."""

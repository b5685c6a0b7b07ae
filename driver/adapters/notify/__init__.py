"""Notifications to those outside: Grafana and webhooks."""

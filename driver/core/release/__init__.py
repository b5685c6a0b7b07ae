"""Flows of a release: deploy, promote, rollback, cancel, retry, and recovery after a killed command."""

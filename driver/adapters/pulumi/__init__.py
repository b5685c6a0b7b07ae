"""The Pulumi engine and the Automation API: found, installed, run, read."""

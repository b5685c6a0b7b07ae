"""The variables of an app."""

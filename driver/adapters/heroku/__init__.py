"""Heroku, by its Platform API."""

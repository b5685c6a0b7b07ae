"""A small shop window for a queue of jobs: what every Django project has, and nothing of the platform it runs on."""

VERSION = "v3"

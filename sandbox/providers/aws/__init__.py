"""The stand-in for the official `aws` provider plugin: one row per resource type, over boto3."""

VERSION = "7.51.1"

"""A stand-in for the awsx plugin: the VPC component, made of aws resources as the official plugin makes it."""

# The official plugin whose resource trees this one follows; programs use that version's SDK.
VERSION = "3.11.0"

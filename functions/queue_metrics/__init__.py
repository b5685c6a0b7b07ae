"""Counts the jobs of every worker that scales on a queue, once a minute or faster, and tells CloudWatch."""

"""From a commit to a release, step by step."""

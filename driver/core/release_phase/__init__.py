"""The release process: one task that must succeed before a release moves anything."""

"""The platform as Pulumi ComponentResources: one file, one component."""

"""The command `slipway`: ships code on the platform through Pulumi's Automation API."""

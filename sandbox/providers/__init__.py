"""Stand-ins for the official `aws` and `awsx` provider plugins, for an emulated AWS on loopback only."""

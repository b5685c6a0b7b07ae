"""What outlives releases: image repositories and the ledger's table."""

"""How a team ships, in numbers that are read from the ledger."""

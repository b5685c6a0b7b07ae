"""The release as the ledger has it, written step by step, and the images that are kept for it."""

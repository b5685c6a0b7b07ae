"""Quotas of the account, and what is used of them."""

"""Proving Slipway's promises in the account that the credentials lead to."""

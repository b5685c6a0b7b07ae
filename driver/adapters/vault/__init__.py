"""HashiCorp Vault: logging in, and its key-value store."""

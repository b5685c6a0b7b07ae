"""What an environment needs of addresses and quotas, and what it costs."""

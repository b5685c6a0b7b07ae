"""Looking at what runs: status, logs, monitoring, the backdoor."""

"""What an account needs once: bootstrap, doctor, quotas."""

"""What the shipper and the compactor of the log archive share: S3 without an SDK, and the names of raw objects."""

"""The archive of logs in S3."""

"""CloudWatch Logs to S3, line by line, as they come."""

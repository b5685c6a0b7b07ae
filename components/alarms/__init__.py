"""CloudWatch alarms, their topic and the function that tells chats and pagers."""

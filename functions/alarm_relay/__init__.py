"""Alarms for chats and pagers: SNS speaks to neither Slack nor to an address that must stay secret."""

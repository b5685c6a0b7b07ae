"""CloudWatch's alarms: what ministack's lack, and what they do for Application Auto Scaling and SNS."""

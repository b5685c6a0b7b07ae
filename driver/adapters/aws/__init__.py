"""AWS through boto3: the session, and services with one adapter each."""

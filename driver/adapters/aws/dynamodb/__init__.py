"""DynamoDB: the ledger and the locks in one table."""

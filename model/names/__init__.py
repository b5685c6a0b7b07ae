"""Names and types of what is made: at AWS, in Pulumi's state, and as CloudWatch's dimensions."""

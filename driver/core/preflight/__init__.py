"""What a deploy needs to know before it begins: gathered, then judged."""

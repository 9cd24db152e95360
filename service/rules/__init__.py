"""Rules a statement must not break against the text it cites. Each yields a reason for what it refuses."""

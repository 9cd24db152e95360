"""The corpus: from a file or address to searchable passages."""

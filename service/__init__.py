"""The answer: from a question to verified statements."""

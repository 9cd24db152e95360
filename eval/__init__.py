"""The score: from cases to a gate."""

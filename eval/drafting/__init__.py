"""Drafts of cases: sentences worth asking about, questions to them, near misses, and the file they go to."""

"""Scores of single cases and claims, each with its reason."""

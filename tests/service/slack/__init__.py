"""Dossier in Slack."""

"""Dossier in Slack: a door like the others. Nothing outside imports Slack's libraries."""

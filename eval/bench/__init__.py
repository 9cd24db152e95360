"""Measures how fast articles go in and answers come out."""

"""What a user would pick instead, measured beside this project: its libraries are imported here alone."""

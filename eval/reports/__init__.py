"""What people and machines read of a run: a terminal, a page, a pull request, a CI server, a folder."""

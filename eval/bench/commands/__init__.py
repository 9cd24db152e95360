"""The commands of `dossier bench`, one a module; what they measure lies beside this package."""

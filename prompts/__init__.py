"""The prompts: one text file each, read by `service.prompting`."""

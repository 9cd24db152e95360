"""What can be measured: Dossier in process or behind an address, and plain baselines to compare with."""

"""Extraction in a process of its own, bounded in time and memory: what a parser does to it, it does to no other."""

from ingest.confined.extractor import USUAL_BOUNDS, Bounds, ConfinedExtractor

__all__ = ["USUAL_BOUNDS", "Bounds", "ConfinedExtractor"]

"""Coolhead: a proxy that measures whether a warm chat model stays factual."""

__version__ = "0.1.0"

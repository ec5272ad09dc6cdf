"""Upstreams that tests put behind Coolhead."""

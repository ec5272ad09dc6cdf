"""Trains the detector; needs the extra `train`. Serving never imports it."""

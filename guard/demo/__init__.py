"""The embedded demo upstream: a real instruct model on the CPU, so that a newcomer sees it all work."""

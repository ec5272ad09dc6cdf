"""The domain, pure: no await, clock, randomness, environment or network."""

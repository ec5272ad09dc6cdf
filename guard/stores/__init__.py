"""What is kept: queued checks and verdicts."""

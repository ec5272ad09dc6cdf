"""How an answer is let out: pure machines, pieces in, steps out."""

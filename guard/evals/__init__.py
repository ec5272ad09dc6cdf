"""How good the check is, and whether the guard helps: measured, never served."""

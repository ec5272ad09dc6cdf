"""The `coolhead` command group; each command imports what it needs, late."""

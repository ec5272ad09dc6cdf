"""The chat model behind Coolhead."""

"""The edge towards applications and operators."""

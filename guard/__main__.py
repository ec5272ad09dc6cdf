"""`python -m guard` is the `coolhead` command."""

from guard.cli import main

main()

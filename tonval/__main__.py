"""``python -m tonval``: the command line."""

from tonval.cli import main

main()

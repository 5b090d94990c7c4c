"""Whole conversations as data, and the players that act them out on the bare machine and on every channel."""

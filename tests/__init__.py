"""The tests mirror the rooms; ``drivers/`` holds the stand-ins, ``transcripts/`` whole conversations as data."""

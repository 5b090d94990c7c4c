"""Call-backs that customers wished for: opening hours, places in their slots, and what became of each."""

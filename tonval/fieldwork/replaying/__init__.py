"""Dry runs of the past: what another file would have decided."""

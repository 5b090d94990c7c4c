"""Telephone calls around the interview: callers received before it, what they speak, and our own calls to customers."""

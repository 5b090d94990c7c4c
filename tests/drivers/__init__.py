"""Stand-ins for what is outside the house: providers, servers and callers, all on loopback."""

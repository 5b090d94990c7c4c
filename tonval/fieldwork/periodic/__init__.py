"""Periodic surveys: contact lists, their periods, and the wave of each."""

"""What is asked and how an answer is read: questionnaires, turns, the interview machine, scales and dispositions.

Law: pure. No clock, no random, no database, no network; times, ids and seeds are passed in.
"""

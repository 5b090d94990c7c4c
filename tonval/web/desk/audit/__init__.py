"""The audit log as people read it: each entry a sentence, the whole as a file, and whether anybody has touched it.

Law: nothing here writes to the log.
"""

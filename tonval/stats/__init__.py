"""Numbers out of answers: the tally and its squashing, scores with their intervals, and what pages and the API read.

Law: every number comes from the events and can be recounted from them; whoever reads passes a scope, and sees no more.
"""

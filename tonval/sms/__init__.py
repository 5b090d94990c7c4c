"""Messages: keywords, segments, sending and its errors, and the providers that carry them.

Law: a message is marked as being sent before its provider is called, and never sent twice for want of an answer.
"""

"""The phone in the browser: a whole call with prompts and keys, without a provider.

Law: it drives the same fieldwork as a real call, never a copy of it.
"""

"""Messages: keywords, segments and states, with one folder for each provider that carries them.

Law: a provider is one short folder; an attempt is on record before the provider is called, and is never blindly sent
again.
"""

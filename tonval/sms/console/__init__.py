"""SMS without a provider: messages are kept and shown, never sent.

Law: it behaves as a real provider does, down to ids and receipts, so what works here works there.
"""

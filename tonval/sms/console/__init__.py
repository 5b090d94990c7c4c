"""The provider that needs no account: messages appear on the page, and the simulator answers them.

Law: what it receives takes the same way in as a real provider's messages.
"""

"""What an administrator looks after: queues, surveys, prompts, users and keys.

Law: what a file manages is shown and not edited, and every change is a POST by a signed-in admin.
"""

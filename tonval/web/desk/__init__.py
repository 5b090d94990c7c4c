"""The pages for people who work with the answers: today, agents, comments, conversations, alerts and prompts.

Law: every query takes the reader's scope, and what lies outside it does not exist (404).
"""

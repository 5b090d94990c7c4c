"""E-mail out by SMTP.

Law: a mail is plain text and HTML of the same words, its Message-ID is known before the first try, and no address is
logged whole.
"""

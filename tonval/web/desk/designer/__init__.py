"""Making surveys in the browser: a draft that keeps all that is typed, its lint and previews, versions and their use.

Law: what a form says is read by pure functions of pairs and data; nothing here opens a transaction of its own.
"""

"""The API under ``/api/v1``: keys in, JSON out, problem documents when something is wrong.

Law: every fault names its field; no route reads a cookie, so none needs a CSRF token.
"""

"""What people and machines see over HTTP: sign-in, the desk's pages and the API.

Law: numbers come only from the queries of stats and followup, changes only from fieldwork; a GET changes nothing.
"""

"""Calls straight over SIP: one conductor and its thin cells, which hold up to four calls each.

Law: pjsua2 is imported in ``cell`` alone; a cell reports plain facts and does as told, and no answer waits in its
memory.
"""

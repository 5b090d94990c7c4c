"""The engine room: the Redis doorbell, RQ's worker, the clock, `tonval up` and `tonval doctor`.

Law: nothing here is a record; whatever Redis forgets or a killed process drops is found again in the database.
"""

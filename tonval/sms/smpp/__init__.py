"""Messages over SMPP 3.4, the protocol of operators: one line to their message centre (SMSC), kept up by each worker.

Law: what the centre hands us is stored before it is answered, and what we hand it is handed over once. The octets of
messages are written and read by ``smpp34``; the line itself is ours, for that library's client answers before we have
stored anything.
"""

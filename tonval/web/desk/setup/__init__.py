"""The pages an admin sets the centre up with: what is kept is a document of the form of queues.yaml, beneath the file.

A page knows labels and help; what may stand where, the readers of queues.yaml alone know.
"""

"""Who is asked, when and how, and why not.

Law: rules, channel choice and hours are pure; what must hold under concurrency (caps, quotas, refusals) is claimed here
and nowhere else.
"""

"""Single sign-on by OpenID Connect: the talk with the provider, and what its claims say of somebody.

Its law: nothing the provider or a browser sends is believed before it is verified, and no fault of theirs is a fault of
ours; who somebody is here is decided in fieldwork.
"""

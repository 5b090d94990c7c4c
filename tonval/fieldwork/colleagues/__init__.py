"""People who may sign in: who they are, what they may do, how they come in and how that ends."""

"""Questions about a whole organization: who may do what, what is wrong with it, what changed."""

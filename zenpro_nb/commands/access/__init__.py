"""Who may do what, and what changed: commands that ask a whole organization."""

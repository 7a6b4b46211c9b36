"""Who may do what: commands that ask a whole organization."""

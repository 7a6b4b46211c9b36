"""The commands of invitations, and what other commands do with them."""

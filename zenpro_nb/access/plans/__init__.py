"""What should be so, and the steps that lead there: computed from an inventory, without asking any server."""

"""usage: who did what."""

"""The guards of writes that are not part of a plan: what they read, and which writes they block."""

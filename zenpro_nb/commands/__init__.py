"""The tree of commands: everything that can be asked or done, declared once."""

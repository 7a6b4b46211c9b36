"""One session with one server: its client, the names that are known, signing in."""

"""One session with one server: its client, its cached names, and signing in."""

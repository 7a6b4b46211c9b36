"""Child processes: the sandbox, a real ZenML server, and the demo."""

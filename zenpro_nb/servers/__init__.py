"""Child processes: the sandbox, a real ZenML server, the demo."""

"""Messages, questions and text output: the UI protocol, progress, cards and tables."""

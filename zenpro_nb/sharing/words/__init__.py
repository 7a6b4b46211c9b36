"""Words in texts: finding them in every spelling, and which words are ordinary ones."""

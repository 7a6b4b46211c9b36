"""Words in texts: finding them in every spelling, ordinary words, and made-up names."""

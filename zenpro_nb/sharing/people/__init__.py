"""The people named in a notebook, by addresses and by names, and their pseudonyms."""

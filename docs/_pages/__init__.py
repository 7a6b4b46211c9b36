"""What makes the pages of the reference from the declarations; `docs/generate.py` writes them."""

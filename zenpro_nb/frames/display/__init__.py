"""How frames of ours are shown, as HTML and as text; their data stays as it is."""

"""What is drawn: the graph of a run, and how many runs a day; as SVG in a notebook, as characters in a terminal."""

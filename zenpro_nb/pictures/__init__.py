"""Charts: the graph of a run, and the number of runs per day; as SVG in a notebook, as characters in a terminal."""

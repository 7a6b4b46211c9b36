"""How a form looks: the widgets, their HTML and style."""

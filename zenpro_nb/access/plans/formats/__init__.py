"""The formats of a plan: a frame, a file that another job can apply, a table on the screen, and Markdown."""

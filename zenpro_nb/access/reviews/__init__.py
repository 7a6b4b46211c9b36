"""Access reviews: what somebody should look at line by line, what was decided about it, and the record of that."""

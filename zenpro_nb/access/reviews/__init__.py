"""Access reviews: rows with recommendations and decisions, and their audit record."""

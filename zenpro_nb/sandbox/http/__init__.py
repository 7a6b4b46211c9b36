"""What surrounds a route: middleware, dependencies, and HTML pages."""

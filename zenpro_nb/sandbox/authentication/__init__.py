"""Who sends a request, and how credentials are created and checked."""

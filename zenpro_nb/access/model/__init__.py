"""The inventory of an organization, its keys and its names."""

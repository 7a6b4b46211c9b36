"""What single forms know beyond the parameters of their command."""

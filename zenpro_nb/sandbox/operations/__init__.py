"""Operations that several routes share, or that are too long for a route."""

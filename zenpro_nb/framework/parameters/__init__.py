"""Parameter types and the parameters that commands share."""

"""What a caller is allowed to do, and which objects the caller can see."""

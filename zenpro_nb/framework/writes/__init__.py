"""Prepare, guard, confirm, send, verify, record and undo writes."""

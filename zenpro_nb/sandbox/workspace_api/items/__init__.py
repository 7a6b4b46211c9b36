"""What there is in a workspace: each class lays its things out as the real server does (API facts 9.3)."""

"""The resources of a workspace. Each class has the format of the real server (API facts 9.3)."""

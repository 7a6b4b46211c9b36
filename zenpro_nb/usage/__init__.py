"""What people did: runs per person, project and day, joined with what their roles allow."""

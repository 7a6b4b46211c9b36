"""The commands `plan`, `apply`, `export` and `undo`."""

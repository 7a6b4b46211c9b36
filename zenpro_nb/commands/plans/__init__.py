"""Plans: `plan`, `apply`, `export` and `undo`."""

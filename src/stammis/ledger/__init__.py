"""Every movement of points, append-only."""

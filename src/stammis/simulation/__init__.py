"""What would have happened: the stored history folded again by other rules."""

"""What happened, in order, once."""

"""What a programme decides: pure values and functions; no Django, no clock, no randomness, no I/O."""

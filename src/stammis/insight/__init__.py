"""Numbers; owns their definitions and posts nothing."""

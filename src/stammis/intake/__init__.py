"""What callers say, read strictly into events; what is wrong with it, listed with its place."""

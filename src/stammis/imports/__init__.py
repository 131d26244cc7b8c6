"""Files in, bad rows listed, the sample company."""

"""Back-tests in the reader's words: what was asked, how far it is, what it came to."""

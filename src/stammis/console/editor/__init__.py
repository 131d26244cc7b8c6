"""The editor of documents: a form for every part, made from the types themselves, and read back to the same document.

Nothing here knows a rule, a condition or a wallet: what the types say is what the form asks.
"""

"""The calls that move points by the thousand: a bare ASGI handler beside Django's, and shared transactions."""

"""The embedded PostgreSQL: binaries from a wheel, kept alive for as long as anybody uses it.

``server.connect_or_start(folder)`` gives a running server. Whoever asks holds a shared lock while using it. The server
itself is the child of a small process of its own, the keeper, which starts it again when it dies and stops it when
nobody holds the lock.
"""

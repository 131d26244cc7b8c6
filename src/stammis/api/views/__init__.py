"""The calls that Django answers: everything but the ones that move points by the thousand."""

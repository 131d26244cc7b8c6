"""What all tests share."""

import os

# Whoever runs the tests, the command line speaks English in them unless a test says otherwise.
os.environ["LC_ALL"] = "C.UTF-8"

pytest_plugins = ("tests.plugins.debian", "tests.plugins.laws", "tests.plugins.database", "pytester")

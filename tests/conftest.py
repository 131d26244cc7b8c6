"""What all tests share."""

pytest_plugins = ("tests.plugins.debian", "tests.plugins.laws", "tests.plugins.database", "pytester")

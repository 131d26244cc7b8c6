"""What people write into pages, checked before it goes to a service."""

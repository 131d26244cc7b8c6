"""The door for staff: pages."""

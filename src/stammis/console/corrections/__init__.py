"""Corrections as the console shows them."""

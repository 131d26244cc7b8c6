"""Stammis: earns, measures and keeps the loyalty of a company's customers."""

"""Refreshing from publishers, each played by a server of its own."""

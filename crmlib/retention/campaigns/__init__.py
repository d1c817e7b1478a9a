"""Whom a contact changes: campaigns drawn by lot, and the lists that come of them."""

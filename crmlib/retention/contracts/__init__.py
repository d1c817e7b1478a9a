"""Contracts as their owner keeps them, and what they say of leaving and of its price."""

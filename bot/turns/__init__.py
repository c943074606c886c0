"""Turns, pure: a batch of what came in becomes conversations as they are now, and what goes out."""

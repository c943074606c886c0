"""Operators' commands: the worklist, complaints, breaches, the live report."""

"""Operators' commands: the worklist, complaints, breaches."""

"""Inputs that nobody would think of, thrown at what reads strangers' bytes and words: `make fuzz`."""

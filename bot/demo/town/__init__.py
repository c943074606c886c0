"""Imagined workers who talk to the real bot over HTTP, with the slips that people make."""

"""Composition: settings from the environment, and the parts of a serving process put together."""

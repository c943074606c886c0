"""Ways in, a folder or module each: an update arrives, is checked for rate, and reaches the turn."""

"""Ways in: an update arrives, is checked for rate, and reaches the turn; one folder or module a channel."""

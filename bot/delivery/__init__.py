"""Ways out: queued messages are sent in order for each chat, within the sending rates."""

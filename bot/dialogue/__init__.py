"""The talk, pure: (conversation, what came in) -> (conversation, replies), without clock or I/O."""

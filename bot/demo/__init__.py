"""What nothing that serves imports: a double of Telegram with a chat page, and a town of imagined workers."""

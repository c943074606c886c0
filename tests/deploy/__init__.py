"""What stands around the bot where it runs for real: a pooler, a proxy, systemd, an image."""

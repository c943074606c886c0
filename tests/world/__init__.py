"""What the world does to real processes of the bot: signals, switch-overs, operators' mistakes."""

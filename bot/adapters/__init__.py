"""The edge: settings, files, database, Telegram, terminal."""

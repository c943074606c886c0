"""Files into frozen values: the knowledge, the wordings of each version, and where both lie."""

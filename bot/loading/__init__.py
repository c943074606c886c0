"""Files into frozen values: knowledge, the wordings of each version, where both lie, compiled templates."""

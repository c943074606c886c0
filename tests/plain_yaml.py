"""YAML whose scalars are all text, read by the C parser where there is one: ten times as fast."""

import yaml


class Plain(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]  # either C or Python
    """All scalars as text."""

"""What is printed for an operator: a worker's file can't move their cursor or colour their screen."""


def harmless(text: str) -> str:
    """Return a text whose control characters are written out, lines and tabs excepted."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else letter.encode("unicode_escape").decode()
        for letter in text
    )

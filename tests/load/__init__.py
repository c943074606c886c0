"""Long runs under load: `python -m tests.load`. Their results are in docs/measured/."""

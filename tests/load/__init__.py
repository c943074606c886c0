"""Long runs under load: `python -m tests.load`; what they showed: docs/measured/."""

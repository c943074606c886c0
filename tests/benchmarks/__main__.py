"""Prints every benchmark as a table of ratios, each measured side by side in this run."""

from tests.benchmarks import scoring

if __name__ == "__main__":
    scoring.main()

"""Prints every benchmark as a table of ratios, each measured side by side in this run."""

from tests.benchmarks import ask, office, scoring, service, typesetting

if __name__ == "__main__":
    scoring.main()
    ask.main()
    typesetting.main()
    office.main()
    service.main()

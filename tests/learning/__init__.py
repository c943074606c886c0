"""The crowds that may teach the models, the gate's verdicts on them, and the matrix of both."""

"""Who may teach the models: crowds of every kind, the gate's verdicts on them, and the matrix of both."""

"""What fits the models: published tables, rebuilt populations, fits, evaluation, the card, learning."""

"""What is said and on what ground, as frozen values: questions, conditions, figures, templates, consent."""

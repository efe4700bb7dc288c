"""A follow-up and what came before, as questions that stand alone."""

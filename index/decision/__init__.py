"""Ranked query -> outcome: what is answered, asked back, refused or said, and what is offered."""

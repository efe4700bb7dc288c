"""One question from its text to its outcome: pipeline, answer cache, admission, messages."""

"""Text without meaning: normalisation, sentences, spelling, character n-grams, language."""

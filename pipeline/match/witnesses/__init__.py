"""How sure it is that a quote was said there: measures of the wording, and what the translation model says of it."""

"""Words of both languages: what is compared when a quote is held against speech.

Text in; tokens, numbers, names, denials, and the Russian words that an English one may render, out. Knows no recording.
"""

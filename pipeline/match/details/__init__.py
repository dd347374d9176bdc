"""What differs: numbers, names, denials, opposites, what was left out, put in or moved, and what stands around.

Each module takes a ``Finding`` and returns ``Difference`` rows; ``compare`` asks them all. None decides a verdict.
"""

"""Word statistics for pipeline/match, learned once and kept as text."""

"""Sentences become sentences in another language, with scores and word links."""

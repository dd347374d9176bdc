"""Something on disk becomes a list of recordings."""

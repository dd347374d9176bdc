"""The one-file HTML page a journalist works in."""

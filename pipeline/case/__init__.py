"""The case folder: everything that is kept on disk."""

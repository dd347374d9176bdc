"""The report, read as text and used in a real Chromium."""

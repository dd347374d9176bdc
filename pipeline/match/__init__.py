"""Quotes against passages: where it was heard, what differs, how sure that is. Pure: no I/O."""

"""Rows as Python's values: the text of COPY in both directions, a column at a time, which is what makes it fast."""

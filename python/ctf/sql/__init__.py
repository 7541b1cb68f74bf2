"""PostgreSQL's types and values in Python: reading, checking and writing one value."""

"""Where the rows of a transform go: to CTF as COPY's text or CSV, or into a file."""

"""What stands around claims, members and payments: the envelope itself, and the headers that they share."""

import ctf
import x12


def transform(interchanges: ctf.Files):
    for record in x12.records(interchanges, "envelope", "header"):
        for segment in record.segments:
            yield record.file, segment.place, record.kind, segment.name, list(segment.elements)

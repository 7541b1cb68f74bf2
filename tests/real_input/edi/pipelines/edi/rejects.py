"""The segments that could not be kept, each with its reason."""

import ctf
import x12


def transform(interchanges: ctf.Files, ctx: ctf.Context):
    count = 0
    for record in x12.records(interchanges, "reject"):
        for segment in record.segments:
            count += 1
            yield record.file, segment.place, segment.name, record.reason, list(segment.elements)
    ctx.log.info("%d segments were rejected", count)

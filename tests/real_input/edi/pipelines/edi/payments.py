"""The payments of the 820s. Each RMR is one, for the member whom the ENT and NM1 before it name."""

import ctf
import x12


def transform(interchanges: ctf.Files):
    for payment in x12.records(interchanges, "payment"):
        period = payment.first("DTM*582")
        first, last = (period.days() if period else None) or (None, None)
        yield {
            "file": payment.file,
            "place": payment.place,
            "member_id": payment.value("NM1*IL", 9),
            "reference": payment.value("RMR", 2),
            "amount": payment.segments[0].amount(),
            "covers_from": first,
            "covers_to": last,
            "segments": payment.texts(),
        }

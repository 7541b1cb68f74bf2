"""The claims of the 837s. A claim is what stands from its CLM to the next, or to the next subscriber."""

import ctf
import x12


def transform(interchanges: ctf.Files):
    for claim in x12.records(interchanges, "claim"):
        lines = claim.all("SV1", "SV2")
        service = [days for dtp in claim.all("DTP*434", "DTP*472") if (days := dtp.days())]
        yield {
            "file": claim.file,
            "place": claim.place,
            "claim_number": claim.value("CLM", 1),
            "member_id": claim.value("NM1*IL", 9),
            "billing_npi": claim.value("NM1*85", 9),
            "charge": claim.segments[0].amount(),
            "service_from": min((first for first, _ in service), default=None),
            "service_to": max((last for _, last in service), default=None),
            "diagnoses": [code for hi in claim.all("HI") for code in codes(hi)],
            "service_lines": len(lines),
            "line_charges": sum(line.amount() for line in lines),
            "segments": claim.texts(),
        }


def codes(hi: x12.Segment) -> list[str]:
    """HI*ABK:F1520*ABF:F1220 names two diagnoses; other qualifiers name procedures and the like."""
    pairs = [hi.parts(number) for number in range(1, len(hi.elements) + 1)]
    return [pair[1] for pair in pairs if pair[0] in ("ABK", "ABF", "BK", "BF") and len(pair) > 1]

"""The members of the 834s: from an INS to the next."""

import ctf
import x12


def transform(interchanges: ctf.Files):
    for member in x12.records(interchanges, "member"):
        # The header has a DMG or an NM1*IL of nobody: what a member says of itself stands after its INS.
        birth = next(iter(member.all("DMG")), None)
        begins = [days[0] for dtp in member.all("DTP*348") if (days := dtp.days())]
        yield {
            "file": member.file,
            "place": member.place,
            "member_id": member.value("REF*0F", 2),
            "relationship": member.value("INS", 2),
            "maintenance": member.value("INS", 3),
            "last_name": member.value("NM1*IL", 3),
            "first_name": member.value("NM1*IL", 4),
            "birth_date": birth.days()[0] if birth else None,
            "sex": birth.element(3) if birth else None,
            "coverages": [hd.element(5) or hd.element(4) for hd in member.all("HD")],
            "covered_from": min(begins, default=None),
            "segments": member.texts(),
        }

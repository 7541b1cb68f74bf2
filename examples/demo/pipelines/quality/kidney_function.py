"""How well each member's kidneys work, from the latest two creatinine results.

eGFR by CKD-EPI 2021, the formula that laboratories use: from creatinine, age and sex.
"""

import ctf

STAGES = [(90, "G1"), (60, "G2"), (45, "G3a"), (30, "G3b"), (15, "G4"), (0, "G5")]


def transform(load_lab_results: ctf.Table, members: ctf.Table, ctx: ctf.Context):
    people = {member.member_id: member for member in members.rows()}
    results: dict[int, list] = {}
    for result in load_lab_results.rows():
        if result.collected_on <= ctx.vars["run_date"]:
            results.setdefault(result.member_id, []).append(result)

    left_out = 0
    for member_id, found in results.items():
        member = people.get(member_id)
        if member is None or member.sex is None:
            left_out += 1
            continue
        found.sort(key=lambda result: result.collected_on)
        latest = egfr(found[-1], member)
        yield {
            "member_id": member_id,
            "measured_on": found[-1].collected_on,
            "egfr": latest,
            "stage": next(stage for least, stage in STAGES if latest >= least),
            "change": latest - egfr(found[-2], member) if len(found) > 1 else None,
        }
    ctx.log.info("members whose sex is not known, left out: %d", left_out)


def egfr(result, member) -> int:
    """In mL/min for 1.73 m² of body surface."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if member.sex == "F" else (0.9, -0.302, 1.0)
    ratio = float(result.creatinine) / kappa
    age = years(member.birth_date, result.collected_on)
    return round(142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.2 * 0.9938**age * factor)


def years(birth, on) -> int:
    """Whole years of age."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))

import { dateText, day, EXTRACTED } from "./random.mjs";

const MEDICATIONS = ["metformin", "lisinopril", "atorvastatin", "amlodipine", "furosemide", "warfarin", "insulin glargine"];
const DEVICES = ["cane", "walker", "wheelchair"];
/** As people answer when a form lets them write. */
const IN_WORDS = ["twice", "often", "can't remember"];

/** Pushes what a nurse wrote down at a member's home: an assessment each year at most, and a visit to follow it up. */
export function makeVisits(random, member, spans, visits) {
  if (!random.chance(0.35)) return;
  for (const [first, last] of spans) {
    let on = Math.max(first, day("2016-09-01")) + random.integer(0, 330);
    const until = Math.min(last, EXTRACTED - 3, member.died ?? Infinity);
    for (; on <= until; on += random.integer(300, 500)) {
      const falls = random.weighted([[0, 70], [1, 18], [2, 8], [3, 4]]);
      visits.push(visit(member, "hra", on, assessment(random, on, falls)));
      const later = on + random.integer(20, 60);
      if (falls > 0 && later <= until) visits.push(visit(member, "follow_up", later, followUp(random, falls)));
    }
  }
}

const visit = (member, form, on, answers) => ({
  visit_id: `${member.id}-${dateText(on)}`,
  member_id: member.id,
  form,
  visited_on: dateText(on),
  answers,
});

function assessment(random, on, falls) {
  const medications = Array.from({ length: random.integer(0, 4) }, () => ({
    name: random.pick(MEDICATIONS),
    as_prescribed: random.chance(0.85),
  }));
  return {
    home: {
      lives_alone: random.chance(0.1) ? null : random.chance(0.3),
      devices: DEVICES.filter(() => random.chance(0.15)),
      // A question of last year's form, which some tablets still show.
      ...(random.chance(0.01) && { pets: random.integer(1, 3) }),
    },
    falls: {
      last_year: falls > 1 && random.chance(0.05) ? random.pick(IN_WORDS) : falls,
      ...(falls > 0 && { worst_on: dateText(on - random.integer(1, 364)) }),
    },
    medications,
  };
}

const followUp = (random, falls) => ({
  falls: { last_year: falls + (random.chance(0.1) ? 1 : 0) },
  pain: random.integer(0, 10),
});

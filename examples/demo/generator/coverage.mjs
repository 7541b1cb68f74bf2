import { dateText, day, EXTRACTED, monthStart, timestampText, yearOf } from "./random.mjs";

const OPEN = null;
/** Monthly premium in dollars, by plan and year. */
const PLANS = {
  "H9990-001": { 2016: "0.00", 2017: "0.00", 2018: "0.00" },
  "H9990-002": { 2016: "29.50", 2017: "34.00", 2018: "34.00" },
  "H9990-007": { 2016: "78.20", 2017: "81.90", 2018: "86.40" },
  "H9991-001": { 2016: "0.00", 2017: "12.00", 2018: "15.00" },
};
const DUAL_PLAN = "H9990-020";
const premium = (plan, year) => (plan === DUAL_PLAN ? "0.00" : PLANS[plan][year]);

let nextRecord = 1;

/**
 * One member's coverage: pushes the records that the enrollment system sent, in all their disorder, and returns the days
 * on which the member was really covered, as [first, last] pairs (the last is an infinite number for who is still covered).
 */
export function makeCoverage(random, member, records) {
  const put = (plan, from, to, reported) =>
    records.push({
      record_id: nextRecord++,
      member_id: member.id,
      plan_id: plan,
      starts_on: dateText(from),
      ends_on: to === OPEN ? null : dateText(to),
      monthly_premium: random.chance(0.985) ? premium(plan, Math.min(yearOf(from), 2018)) : null,
      reported_at: timestampText(random, reported),
    });

  let plan = member.dual
    ? DUAL_PLAN
    : random.weighted([
        ["H9990-001", 5],
        ["H9990-002", 3],
        ["H9990-007", 1],
        ["H9991-001", 2],
      ]);
  const joined = random.chance(0.55)
    ? day("2016-01-01")
    : random.chance(0.5)
      ? day("2017-01-01")
      : monthStart(day("2016-02-01"), random.integer(0, 25));
  const deathMonth = member.died === null ? Infinity : monthStart(member.died, 1) - 1;
  const spans = [];

  for (let from = joined; yearOf(from) <= 2018 && from <= deathMonth;) {
    const year = yearOf(from);
    const yearEnd = day(`${year}-12-31`);
    const reported = from - random.integer(3, 40);
    let to = yearEnd;
    let next = yearEnd + 1;

    if (member.died !== null && deathMonth <= yearEnd) {
      // First the whole year; after the death is known, the same span again with its end.
      put(plan, from, year === 2018 ? OPEN : yearEnd, reported);
      to = deathMonth;
      const known = member.died + random.integer(5, 75);
      if (known < EXTRACTED) put(plan, from, to, known);
      spans.push([from, to]);
      break;
    }
    const change = monthStart(from, random.integer(1, 7));
    if (change < Math.min(yearEnd, day("2018-04-01")) && random.chance(0.05)) {
      // Another plan from that month on. Half of the time nobody closed the old span, so the two overlap.
      const other = member.dual ? DUAL_PLAN : random.pick(Object.keys(PLANS));
      put(plan, from, random.chance(0.5) ? change - 1 : year === 2018 ? OPEN : yearEnd, reported);
      spans.push([from, change - 1]);
      plan = other;
      from = change;
      continue;
    }
    if (change < Math.min(yearEnd, day("2018-04-01")) && random.chance(0.04)) {
      // They leave, and some come back after one to four months.
      to = change - 1;
      next = random.chance(0.45) ? monthStart(change, random.integer(1, 4)) : Infinity;
    }
    put(plan, from, year === 2018 && to === yearEnd ? (random.chance(0.1) ? day("9999-12-31") : OPEN) : to, reported);
    if (random.chance(0.02))
      put(plan, from, year === 2018 && to === yearEnd ? OPEN : to, reported + random.integer(1, 30));
    spans.push([from, to]);
    if (next === Infinity) break;
    from = next;
  }
  // Enrolled and withdrawn before it began: such a span ends on the day before its start.
  if (random.chance(0.02)) put("H9990-001", day("2018-03-01"), day("2018-02-28"), day("2018-02-20"));
  return spans;
}

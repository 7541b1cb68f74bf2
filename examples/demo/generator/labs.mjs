import { dateText, day, EXTRACTED } from "./random.mjs";

/** Creatinine in mg/dL, from and to: by how well the kidneys of a member work. */
const HEALTHY = [0.55, 1.15];
const MODERATE = [1.3, 2.1];
const SEVERE = [2.2, 4.6];

/** Pushes one member's results, as a laboratory sends them: at most one a day, and some never go there. */
export function makeLabs(random, member, spans, results) {
  const [low, high] = member.conditions.has("kidney_severe")
    ? SEVERE
    : member.conditions.has("kidney_moderate")
      ? MODERATE
      : HEALTHY;
  const usual = low + (high - low) * random.next();
  for (const [first, last] of spans) {
    let on = Math.max(first, day("2016-06-01")) + random.integer(0, 300);
    const until = Math.min(last, EXTRACTED - 3, member.died ?? Infinity);
    for (; on <= until; on += random.integer(90, 500)) {
      results.push({
        "Member ID": member.id,
        Collected: dateText(on).replaceAll("-", "/"),
        "Creatinine mg/dL": (usual * (0.9 + 0.2 * random.next())).toFixed(2),
      });
    }
  }
}

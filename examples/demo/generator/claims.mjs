import { dateText, day, EXTRACTED, timestampText, yearOf } from "./random.mjs";

const dollars = (cents) => (cents / 100).toFixed(2);

// Codes for visits without a chronic condition.
const COMPLAINTS = ["Z0000", "M545", "J069", "R0789", "N390", "M170", "H2513", "K219", "R42"];
/** Who treats what, beside primary care. */
const SPECIALISTS = [
  ["207RC0000X", ["heart_failure", "atrial_fibrillation"]],
  ["207RE0101X", ["diabetes"]],
  ["207RN0300X", ["kidney_moderate"]],
  ["207RP1001X", ["copd"]],
  ["2084P0800X", ["depression", "dementia"]],
];
/** Why people are admitted: what makes it likely, the principal diagnosis, the usual length in days. */
const ADMISSIONS = [
  ["heart_failure", "I5023", 5],
  ["copd", "J441", 4],
  ["kidney_moderate", "N179", 5],
  ["diabetes", "E1165", 3],
  [null, "J189", 4],
  [null, "S72001A", 6],
  [null, "A419", 8],
];

let nextClaim = 1;

/** Pushes the claims of one member on `out.headers` and `out.lines`: visits, tests, emergencies, stays, and what became of them later. */
export function makeClaims(random, member, spans, providers, out) {
  const chronic = [...member.conditions.values()];
  const doctor = random.pick(providers.primaryCare);
  const hospital = random.pick(providers.facilities);
  const lastDay = Math.min(EXTRACTED - 1, member.died ?? Infinity);
  const alive = (on) => on <= lastDay;
  const diagnoses = (first, most = 4) => {
    const known = chronic.filter((code) => code !== first && random.chance(0.55));
    return [
      ...(first ? [first] : chronic.length && random.chance(0.7) ? [random.pick(chronic)] : [random.pick(COMPLAINTS)]),
      ...known,
    ]
      .filter((code, at, all) => all.indexOf(code) === at)
      .slice(0, most);
  };

  /** One claim: the record as it first came in, and with some luck its replacement, its reversal, or a denial. */
  const claim = ({
    type,
    bill = null,
    place = null,
    from,
    to = from,
    stay = null,
    status = null,
    biller,
    renderer = null,
    codes,
    lines,
  }) => {
    if (!alive(from)) return;
    const header = (number, frequency, replaces, received, state) => ({
      claim_number: number,
      frequency_code: frequency,
      replaces_claim_number: replaces,
      member_id: member.id,
      claim_type: type,
      bill_type: bill,
      place_of_service: place,
      billing_npi: biller,
      rendering_npi: renderer,
      service_from: dateText(from),
      service_to: dateText(to),
      admitted_on: stay === null ? null : dateText(stay.admitted),
      discharged_on: stay?.discharged == null ? null : dateText(stay.discharged),
      discharge_status: status,
      diagnoses: `{${codes.join(",")}}`,
      status: state,
      received_at: timestampText(random, received),
      paid_on: state === "paid" ? dateText(received + random.integer(4, 21)) : null,
    });
    const number = () => `CL${String(nextClaim++).padStart(9, "0")}`;
    const put = (head, factor) => {
      // PostgreSQL's timestamps and our comparison agree on the text's first ten characters.
      if (day(head.received_at.slice(0, 10)) > EXTRACTED) return false;
      out.headers.push(head);
      lines.forEach(([procedure, revenue, cents, units = 1], i) => {
        const allowed = Math.round(cents * factor);
        const share = type === "institutional" ? 0 : Math.round(allowed * 0.08);
        const paid = head.status === "paid" ? allowed - share : 0;
        out.lines.push({
          claim_number: head.claim_number,
          line_number: i + 1,
          procedure_code: procedure,
          revenue_code: revenue,
          service_on: dateText(Math.min(to, from + (i > 0 && stay !== null ? i : 0))),
          units: units * Math.sign(factor),
          charge_amount: dollars(Math.round(cents * 2.4 * factor)),
          allowed_amount: head.status === "paid" ? dollars(allowed) : null,
          member_amount: head.status === "paid" ? dollars(share) : null,
          paid_amount: dollars(paid),
        });
      });
      return true;
    };

    // Most bills come within weeks, some after half a year.
    let received = to + (random.chance(0.06) ? random.integer(60, 180) : random.integer(2, 30));
    const denied = random.chance(0.03);
    let current = header(number(), "1", null, received, denied ? "denied" : "paid");
    if (!put(current, 1)) return;
    // 8 voids a claim by the same amounts with a minus; 7 replaces it, sometimes more than once.
    let factor = 1;
    while (random.chance(denied ? 0.4 : 0.04)) {
      received += random.integer(20, 150);
      factor *= 0.8 + 0.3 * random.next();
      const replacement = header(number(), "7", current.claim_number, received, "paid");
      if (!put(replacement, factor)) return;
      current = replacement;
      if (denied) break;
    }
    if (current.status === "paid" && random.chance(0.015)) {
      put(header(number(), "8", current.claim_number, received + random.integer(15, 120), "paid"), -factor);
    }
  };

  const visit = (on, who, first, extra = []) =>
    claim({
      type: "professional",
      place: "11",
      from: on,
      biller: who,
      renderer: random.chance(0.98) ? who : null,
      codes: diagnoses(first),
      lines: [[random.pick(["99213", "99214", "99214"]), null, random.integer(7200, 14800)], ...extra],
    });

  const emergency = (on, admitted) => {
    const codes = diagnoses(null);
    if (!admitted)
      claim({
        type: "institutional",
        bill: "131",
        from: on,
        biller: hospital,
        codes,
        lines: [
          ["99284", "0450", random.integer(42000, 160000)],
          ["71046", "0324", random.integer(4000, 12000)],
        ],
      });
    claim({
      type: "professional",
      place: "23",
      from: on,
      biller: hospital,
      renderer: random.pick(providers.ofSpecialty("207P00000X")),
      codes,
      lines: [["99284", null, random.integer(11000, 21000)]],
    });
  };

  /** A stay in hospital; returns its last day. Long ones are billed in two parts, and some patients are moved to another hospital. */
  const admission = (on, mayReturn = true) => {
    const reasons = ADMISSIONS.filter(([needs]) => needs === null || member.conditions.has(needs));
    const [, principal, usual] = random.pick(reasons);
    const nights = Math.max(1, Math.round(usual * (0.4 + 1.4 * random.next())));
    const end = on + nights;
    const codes = diagnoses(principal, 8);
    const dies = member.died !== null && member.died <= end;
    const bill = (biller, from, to, status, type) =>
      claim({
        type: "institutional",
        bill: type,
        from,
        to,
        stay: { admitted: on, discharged: status === "30" ? null : to },
        status,
        biller,
        renderer: null,
        codes,
        lines: [
          [null, "0120", random.integer(160000, 240000) * (to - from || 1), to - from || 1],
          [null, "0250", random.integer(20000, 180000)],
          ["80053", "0300", random.integer(3000, 9000)],
        ],
      });
    const leaves = dies
      ? "20"
      : random.weighted([
          ["01", 60],
          ["06", 18],
          ["03", 16],
          ["07", 2],
        ]);
    if (random.chance(0.5)) emergency(on, true);
    if (dies) bill(hospital, on, Math.max(on, member.died), "20", "111");
    else if (nights > 6 && random.chance(0.6)) {
      // 30: still a patient when the first of the two bills was written.
      bill(hospital, on, on + 4, "30", "112");
      bill(hospital, on + 5, end, leaves, "114");
    } else if (nights > 3 && random.chance(0.08)) {
      const moved = on + random.integer(1, nights - 1);
      bill(hospital, on, moved, "02", "111");
      const other = random.pick(providers.facilities);
      const first = on;
      on = moved;
      bill(other, moved, end, leaves, "111");
      on = first;
    } else bill(hospital, on, end, leaves, "111");
    if (!dies && random.chance(0.45))
      visit(end + random.integer(2, 20), doctor, principal === "S72001A" ? null : principal);
    if (mayReturn && random.chance(0.14)) return admission(end + random.integer(2, 29), false);
    return end;
  };

  for (const [first, last] of spans) {
    const until = Math.min(last, lastDay);
    for (let year = yearOf(first); year <= yearOf(Math.max(first, until)); year++) {
      const from = Math.max(first, day(`${year}-01-01`));
      const to = Math.min(until, day(`${year}-12-31`));
      if (to < from) continue;
      const share = (to - from + 1) / 365;
      const some = (perYear) => {
        const mean = perYear * share;
        return Math.floor(mean) + (random.chance(mean % 1) ? 1 : 0);
      };
      // Now and then a service falls after the coverage: it was ended retroactively.
      const within = () => (random.chance(0.01) ? to + random.integer(1, 45) : random.integer(from, to));

      const labs = () => {
        const list = [];
        if (random.chance(0.35)) list.push(["80053", null, random.integer(1100, 2400)]);
        if (member.conditions.has("diabetes") && random.chance(0.4))
          list.push(["83036", null, random.integer(900, 1900)]);
        if (member.conditions.has("diabetes") && random.chance(0.25))
          list.push(["82043", null, random.integer(700, 1300)]);
        if (random.chance(0.07)) list.push(["82274", null, random.integer(1500, 2600)]);
        return list;
      };
      for (let i = some(1.6 + 2.2 * member.frailty); i > 0; i--) visit(within(), doctor, null, labs());
      for (const [specialty, treats] of SPECIALISTS) {
        const condition = treats.find((name) => member.conditions.has(name));
        if (!condition) continue;
        const specialist = random.pick(providers.ofSpecialty(specialty));
        for (let i = some(1.3); i > 0; i--) visit(within(), specialist, member.conditions.get(condition), labs());
      }
      if (member.sex === "F" && random.chance(0.38 * share)) {
        const radiologist = random.pick(providers.ofSpecialty("2085R0202X"));
        claim({
          type: "professional",
          place: "22",
          from: within(),
          biller: radiologist,
          renderer: radiologist,
          codes: ["Z1231"],
          lines: [["77067", null, random.integer(11000, 17000)]],
        });
      }
      if (random.chance(0.06 * share)) {
        const specialist = random.pick(providers.ofSpecialty("207RG0100X"));
        claim({
          type: "professional",
          place: "24",
          from: within(),
          biller: specialist,
          renderer: specialist,
          codes: ["Z1211"],
          lines: [["45378", null, random.integer(38000, 72000)]],
        });
      }
      for (let i = some(0.22 * member.frailty); i > 0; i--) emergency(within(), false);
      let home = from;
      for (let i = some(0.16 * member.frailty); i > 0; i--) {
        const on = random.integer(from, to);
        if (on > home) home = admission(on) + 1;
      }
    }
  }
}

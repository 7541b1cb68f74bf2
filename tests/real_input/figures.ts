/**
 * What the warehouse has to come to, worked out from the files in plain code: no SQL, no dates but as text, money in cents.
 */
import { join } from "node:path";
import { readCsv, type Row } from "./csv.ts";

const RUN_DATE = "2024-02-07";
const DAY_AFTER_RUN_DATE = "2024-02-08";

const cents = (text: string | undefined): number => Math.round(Number(text || "0") * 100);
const dollars = (amount: number): string => (amount / 100).toFixed(2);
const dayOf = (instant: string): string => instant.slice(0, 10);
const monthOf = (instant: string): string => `${instant.slice(0, 7)}-01`;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
const earliest = (...days: readonly string[]): string => days.reduce((a, b) => (a < b ? a : b));

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** First days of months from the one of `from` up to and with the one of `to`. */
function months(from: string, to: string): readonly string[] {
  const list: string[] = [];
  for (let at = 12 * Number(from.slice(0, 4)) + Number(from.slice(5, 7)) - 1; ; at++) {
    const text = `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}-01`;
    if (text > to) return list;
    list.push(text);
  }
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

export function syntheaFigures(folder: string) {
  const read = (name: string) => readCsv(join(folder, `${name}.csv.gz`));
  const patients = new Map(read("patients").map((p) => [p["Id"]!, p]));
  const payerNames = new Map(read("payers").map((p) => [p["Id"]!, p["NAME"]!]));
  const claims = read("claims");
  const transactions = groupBy(read("claims_transactions"), (t) => t["CLAIMID"]!);
  const encounters = read("encounters");

  const periods = read("payer_transitions").flatMap((t) => {
    const death = patients.get(t["PATIENT"]!)!["DEATHDATE"]!;
    const first = dayOf(t["START_YEAR"]!);
    const end = earliest(dayOf(t["END_YEAR"]!), DAY_AFTER_RUN_DATE, ...(death === "" ? [] : [nextDay(death)]));
    const payer = payerNames.get(t["PAYER"]!)!;
    return first < end && payer !== "NO_INSURANCE" ? [{ patient: t["PATIENT"]!, payer, first, end }] : [];
  });

  const memberMonths = periods.flatMap(({ patient, payer, first, end }) =>
    months(first, end)
      .filter((month) => month >= first && month < end)
      .map((month) => ({ patient, payer, month })),
  );

  const current = periods
    .filter(({ first, end }) => first <= RUN_DATE && end > RUN_DATE)
    .map(({ patient, payer, first }) => {
      // Back along the periods that touch, as long as the payer is the same.
      let since = first;
      for (;;) {
        const before = periods.find((p) => p.patient === patient && p.payer === payer && p.end === since);
        if (!before) break;
        since = before.first;
      }
      return `${patient} ${payer} ${since} ${months(monthOf(since), RUN_DATE).length}`;
    });

  const totals = claims.map((claim) => {
    const of = (type: string, column: string): number =>
      sum((transactions.get(claim["Id"]!) ?? []).filter((t) => t["TYPE"] === type).map((t) => cents(t[column])));
    return {
      patient: claim["PATIENTID"]!,
      payer: payerNames.get(claim["PRIMARYPATIENTINSURANCEID"]!) ?? "Nobody",
      month: monthOf(claim["SERVICEDATE"]!),
      year: claim["SERVICEDATE"]!.slice(0, 4),
      isClosed: ["STATUS1", "STATUS2", "STATUSP"].every((status) => ["CLOSED", ""].includes(claim[status]!)),
      charged: of("CHARGE", "AMOUNT"),
      paid: of("PAYMENT", "PAYMENTS"),
      passedOn: of("TRANSFEROUT", "TRANSFERS"),
    };
  });

  const costMonths = new Set([
    ...memberMonths.map((m) => `${m.patient} ${m.month}`),
    ...totals.map((c) => `${c.patient} ${c.month}`),
    ...encounters.map((e) => `${e["PATIENT"]} ${monthOf(e["START"]!)}`),
  ]);

  return {
    periods: periods.length,
    memberMonths: memberMonths.map((m) => `${m.patient} ${m.month} ${m.payer}`).sort(),
    currentCoverage: current.sort(),
    claimTotals: {
      claims: totals.length,
      insured: totals.filter((c) => c.payer !== "Nobody").length,
      closed: totals.filter((c) => c.isClosed).length,
      charged: dollars(sum(totals.map((c) => c.charged))),
      paid: dollars(sum(totals.map((c) => c.paid))),
      passed_on: dollars(sum(totals.map((c) => c.passedOn))),
    },
    memberMonthCost: {
      months: costMonths.size,
      insured: memberMonths.length,
      claims: totals.length,
      charged: dollars(sum(totals.map((c) => c.charged))),
      encounters: encounters.length,
      encounter_cost: dollars(sum(encounters.map((e) => cents(e["TOTAL_CLAIM_COST"])))),
      payer_coverage: dollars(sum(encounters.map((e) => cents(e["PAYER_COVERAGE"])))),
    },
    dearestMonths: dearest(encounters),
    payerCosts: [...groupBy(totals, (c) => `${c.payer} ${c.year}`)]
      .map(([key, group]) => {
        const people = new Set(group.map((c) => c.patient)).size;
        return `${key} ${group.length} ${people} ${dollars(sum(group.map((c) => c.charged)))}`;
      })
      .sort(),
    patientCosts: [...groupBy(totals, (c) => c.patient)]
      .map(([patient, group]) => `${patient} ${dollars(sum(group.map((c) => c.charged)))}`)
      .sort(),
  };
}

/** The ten months of a patient in which the encounters cost most. */
function dearest(encounters: readonly Row[]): readonly string[] {
  return [...groupBy(encounters, (e) => `${e["PATIENT"]} ${monthOf(e["START"]!)}`)]
    .map(([key, group]) => ({ key, cost: sum(group.map((e) => cents(e["TOTAL_CLAIM_COST"]))) }))
    .sort((a, b) => b.cost - a.cost || (a.key < b.key ? -1 : 1))
    .slice(0, 10)
    .map(({ key, cost }) => `${key} ${dollars(cost)}`);
}

export function riskFigures(folder: string) {
  const read = (name: string) => readCsv(join(folder, `${name}.csv.gz`));
  const labels = read("ra_labels_2026");
  const model = (domain: string, version: string): string => `${domain} ${version}`;
  const number = (code: string): string => /\d+$/.exec(code)![0];
  const known = new Set(labels.map((l) => `${model(l["model_domain"]!, l["model_version"]!)} ${number(l["cc"]!)}`));

  const diagnosisModels = new Map([
    ["CMS-HCC Model V22", "CMS-HCC V22"],
    ["CMS-HCC Model V24", "CMS-HCC V24"],
    ["CMS-HCC Model V28", "CMS-HCC V28"],
    ["CMS-HCC ESRD Model V21", "ESRD V21"],
    ["CMS-HCC ESRD Model V24", "ESRD V24"],
    ["RxHCC Model V05", "RxHCC R05"],
    ["RxHCC Model V08", "RxHCC R08"],
  ]);
  const diagnoses = groupBy(read("ra_dx_to_cc_2026"), (d) => `${diagnosisModels.get(d["model_name"]!)} ${d["cc"]}`);

  const edges = groupBy(
    read("ra_hierarchies_2026"),
    (h) => `${model(h["model_domain"]!, h["model_version"]!)} ${h["cc_parent"]}`,
  );
  const hierarchy = [...edges.keys()].flatMap((parent) => {
    const prefix = parent.slice(0, parent.lastIndexOf(" "));
    const seen = new Set<string>();
    const open = [parent];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const { cc_child: child } of edges.get(next) ?? []) {
        if (seen.has(child!)) continue;
        seen.add(child!);
        open.push(`${prefix} ${child}`);
      }
    }
    return [...seen].map((child) => `${parent} ${child}`);
  });

  const weights = read("ra_coefficients_2026").flatMap((c) => {
    const parts = /^(.+)_(RX)?HCC(\d+)$/.exec(c["coefficient"]!);
    if (!parts) return [];
    const domain = c["model_domain"]!;
    const version = c["model_version"]!;
    const name = model(domain, domain === "RxHCC" ? version : `V${version.slice(1)}`);
    return known.has(`${name} ${parts[3]}`)
      ? [{ model: name, thousandths: Math.round(Number(c["value"]) * 1000) }]
      : [];
  });

  return {
    categories: labels
      .map((l) => {
        const key = `${model(l["model_domain"]!, l["model_version"]!)} ${number(l["cc"]!)}`;
        return `${key} ${diagnoses.get(key)?.length ?? 0} ${l["label"]}`;
      })
      .sort(),
    hierarchy: hierarchy.sort(),
    weights: [...groupBy(weights, (w) => w.model)]
      .map(([name, group]) => `${name} ${group.length} ${(sum(group.map((w) => w.thousandths)) / 1000).toFixed(3)}`)
      .sort(),
  };
}

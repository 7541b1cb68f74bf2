#!/usr/bin/env node
// Writes the demo's data files to data/: a made-up health plan, the same for the same seed.
//   node generate.mjs [--members 2000] [--seed 2018] [--out data]
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeClaims } from "./generator/claims.mjs";
import { makeCoverage } from "./generator/coverage.mjs";
import { writeLines, writeTable } from "./generator/files.mjs";
import { makeLabs } from "./generator/labs.mjs";
import { makeMember } from "./generator/members.mjs";
import { makeProviders } from "./generator/providers.mjs";
import { randomFrom } from "./generator/random.mjs";
import { makeVisits } from "./generator/visits.mjs";

const { values } = parseArgs({
  options: {
    members: { type: "string", default: "2000" },
    seed: { type: "string", default: "2018" },
    out: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "data") },
  },
});
const memberCount = Number(values.members);
const seed = Number(values.seed);
if (!Number.isInteger(memberCount) || memberCount < 1 || memberCount > 1_000_000 || !Number.isInteger(seed)) {
  console.error("usage: node generate.mjs [--members COUNT] [--seed NUMBER] [--out FOLDER]");
  process.exit(2);
}

const started = performance.now();
const providers = makeProviders(randomFrom(seed, "providers"));
const members = [];
const coverage = [];
const claims = { headers: [], lines: [] };
const labs = [];
const visits = [];
for (let i = 0; i < memberCount; i++) {
  // Each member has dice of their own, so that 200 members are the first 200 of 2,000.
  const random = randomFrom(seed, `member ${i}`);
  const member = makeMember(random, 100_001 + i);
  members.push(...member.records);
  const spans = makeCoverage(random, member, coverage);
  makeClaims(random, member, spans, providers, claims);
  makeLabs(randomFrom(seed, `labs of member ${i}`), member, spans, labs);
  makeVisits(randomFrom(seed, `visits to member ${i}`), member, spans, visits);
}

const out = values.out;
rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "claims"), { recursive: true });
const written = [
  writeTable(join(out, "members.csv.gz"), members),
  writeTable(join(out, "coverage.tsv"), coverage, { delimiter: "\t" }),
  writeTable(join(out, "providers.txt"), providers.records, { delimiter: "|", encoding: "latin1", null: "NULL" }),
  writeTable(join(out, "lab_results.csv"), labs, { trailer: true }),
  writeLines(join(out, "home_visits.jsonl.gz"), visits),
  // The claims system sends a file for each year in which it received the claims.
  ...[2016, 2017, 2018].flatMap((year) => {
    const inYear = (row) => row.received_at.startsWith(String(year));
    const numbers = new Set(claims.headers.filter(inYear).map((row) => row.claim_number));
    return [
      writeTable(join(out, "claims", `headers_${year}.csv.gz`), claims.headers.filter(inYear)),
      writeTable(
        join(out, "claims", `lines_${year}.csv.gz`),
        claims.lines.filter((line) => numbers.has(line.claim_number)),
      ),
    ];
  }),
];
const rows = written.reduce((sum, count) => sum + count, 0);
console.log(
  `${rows.toLocaleString("en-US")} rows about ${memberCount.toLocaleString("en-US")} members in ${written.length} files ` +
    `(seed ${seed}, ${((performance.now() - started) / 1000).toFixed(1)} s)`,
);

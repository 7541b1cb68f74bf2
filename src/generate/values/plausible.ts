/**
 * What a column's name says of its values: a table of words, so that made rows read like rows. None belongs to a person: NPIs
 * have a valid check digit, social security numbers begin with 9, telephones with 555-01, e-mail addresses end in example.org.
 */
import type { Random } from "../random.ts";

const FIRST = ["Ada", "Ben", "Carmen", "David", "Elena", "Frank", "Grace", "Hector", "Irene", "José", "Kim", "Liam"];
const LAST = [
  "Adams",
  "Brown",
  "Cruz",
  "Diaz",
  "Evans",
  "Fischer",
  "García",
  "Hughes",
  "Ito",
  "Jones",
  "O'Brien",
  "Kelly",
];
const CITIES = ["Newark", "Jersey City", "Trenton", "Camden", "Paterson", "Hoboken", "Princeton"];
const DIAGNOSES = ["E119", "I10", "E785", "N183", "J449", "I2510", "F329", "M545", "Z0000", "E1122"];
const PROCEDURES = ["99213", "99214", "80053", "36415", "93000", "G0439", "J1885", "71046"];
const TAXONOMIES = ["207Q00000X", "207R00000X", "363L00000X", "208D00000X", "2084P0800X"];
const WORDS = [
  "amber",
  "birch",
  "cedar",
  "delta",
  "ember",
  "fjord",
  "grove",
  "harbor",
  "iris",
  "juniper",
  "kestrel",
  "lotus",
];

const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.int(0, 9)).join("");

/** Ten digits, the last of them by Luhn's formula over 80840 and the rest, as CMS asks for. */
function npi(random: Random): string {
  const nine = `1${digits(random, 8)}`;
  let sum = 24;
  [...nine].toReversed().forEach((digit, i) => {
    const twice = Number(digit) * (i % 2 === 0 ? 2 : 1);
    sum += twice > 9 ? twice - 9 : twice;
  });
  return `${nine}${(10 - (sum % 10)) % 10}`;
}

type Maker = (random: Random) => string;
type Table = readonly (readonly [name: RegExp, make: Maker])[];
const one =
  (...of: readonly string[]): Maker =>
  (random) =>
    random.pick(of);

const TEXTS: Table = [
  [/npi$/, npi],
  [/zip|postal_?code/, (r) => `07${digits(r, 3)}`],
  [/(^|_)state(_code)?$/, one("NJ", "NY", "PA", "TX", "CA")],
  [/county/, one("Essex", "Hudson", "Mercer", "Camden", "Bergen")],
  [/country/, one("US")],
  [/city|town/, one(...CITIES)],
  [/address|street/, (r) => `${r.int(1, 400)} ${r.pick(["Main", "Oak", "Market", "River"])} St`],
  [
    /e_?mail/,
    (r) =>
      `${r
        .pick(FIRST)
        .normalize("NFD")
        .replaceAll(/[^a-zA-Z]/g, "")
        .toLowerCase()}${r.int(1, 999)}@example.org`,
  ],
  [/phone|fax|mobile/, (r) => `201-555-01${digits(r, 2)}`],
  [/first_?name|given_name/, one(...FIRST)],
  [/last_?name|surname|family_name/, one(...LAST)],
  [/(^|_)(full_?name|member_name|patient_name|provider_name)$/, (r) => `${r.pick(FIRST)} ${r.pick(LAST)}`],
  [/(^|_)(sex|gender)(_code)?$/, one("F", "M")],
  [/(^|_)ssn$/, (r) => `9${digits(r, 2)}-${digits(r, 2)}-${digits(r, 4)}`],
  [
    /(^|_)mbi$/,
    (r) =>
      `${r.int(1, 9)}E${r.pick([..."GHKM"])}${digits(r, 1)}T${r.pick([..."EFGH"])}${digits(r, 1)}M${r.pick([..."KNPQ"])}${digits(r, 2)}`,
  ],
  [/icd|diagnos|(^|_)dx/, one(...DIAGNOSES)],
  [/cpt|hcpcs|procedure/, one(...PROCEDURES)],
  [/(^|_)ndc$/, (r) => digits(r, 11)],
  [/revenue_code/, (r) => `0${r.pick(["120", "250", "300", "450"])}`],
  [/place_of_service|(^|_)pos$/, one("11", "21", "22", "23")],
  [/bill_type/, one("111", "121", "131")],
  [/taxonomy/, one(...TAXONOMIES)],
  [/plan(_id|_code)?$/, (r) => `H${r.pick(["1001", "1002"])}-00${r.int(1, 3)}`],
  [/language/, one("English", "Spanish", "Portuguese")],
  [/status|result/, one("open", "paid", "denied", "closed")],
  [/currency/, one("USD")],
  [/url|link|website/, (r) => `https://example.org/${r.pick(WORDS)}`],
  [/(^|_)ip(_address)?$/, (r) => `192.0.2.${r.int(1, 254)}`],
  [/note|comment|description|label|reason|text$/, (r) => `${r.pick(WORDS)} ${r.pick(WORDS)} ${r.pick(WORDS)}`],
  [/code|type|kind|category|class|group|flag/, one("A", "B", "C", "D")],
];

/** Names are few, and each comes in every row. */
function byName<T>(find: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    if (!known.has(name)) known.set(name, find(name.toLowerCase()));
    return known.get(name)!;
  };
}

const textMaker = byName((name) => TEXTS.find(([pattern]) => pattern.test(name))?.[1]);

/** undefined where the name says nothing: then words. */
export const plausibleText = (name: string, random: Random): string | undefined => textMaker(name)?.(random);

export const someWords = (random: Random): string =>
  `${random.pick(WORDS)} ${random.pick([() => random.int(1, 99), () => random.pick(WORDS)])()}`;

/** From and to, in whole numbers. */
type Span = readonly [low: number, high: number];
const NUMBERS: readonly (readonly [name: RegExp, span: Span])[] = [
  [/npi$/, [1_000_000_004, 1_999_999_984]],
  [/amount|paid|price|cost|charge|premium|allowed|billed|copay/, [5, 1500]],
  [/(^|_)age(_|$)/, [20, 95]],
  [/year/, [2023, 2024]],
  [/month/, [1, 12]],
  [/quarter/, [1, 4]],
  [/(^|_)day$/, [1, 28]],
  [/percent|pct/, [0, 100]],
  [/line|seq|rank|version|place|position/, [1, 5]],
  [/units|quantity|count|days|number_of/, [1, 10]],
  [/rate|share|ratio|factor|score|coefficient|weight/, [0, 2]],
];

export const plausibleSpan = byName((name): Span => NUMBERS.find(([pattern]) => pattern.test(name))?.[1] ?? [1, 1000]);

const YEAR = 365 * 86_400;

const isBirthday = byName((name) => /birth|born|(^|_)dob/.test(name));

/** Seconds from and to: the two years before, or for a birthday the lives of those who may be members. */
export const plausibleTime = (name: string, until: number): Span =>
  isBirthday(name) ? [until - 90 * YEAR, until - 20 * YEAR] : [until - 2 * YEAR, until + 86_399];

/** How many of a column's values are NULL, where it may be and its name says that it often is. */
export function shareOfNulls(name: string): number {
  if (/death|deceased/.test(name)) return 0.95;
  return /end|stop|term|thru|through|until|(^|_)to$|discharge|replaces|void|delete|cancel|closed/.test(name) ? 0.5 : 0;
}

/** The column whose value is never greater: `starts_on` for `ends_on`, `paid_amount` for `allowed_amount`. */
export function earlierName(name: string, names: readonly string[]): string | undefined {
  for (const [late, early] of PAIRS) {
    if (!late.test(name)) continue;
    const found = early
      .map((word) => name.replace(late, `$1${word}$2`))
      .find((other) => other !== name && names.includes(other));
    if (found !== undefined) return found;
  }
  return undefined;
}

const PAIRS: readonly (readonly [late: RegExp, early: readonly string[]])[] = [
  [/(^|_)(?:end|ends|ended|stop|term|termination)(_|$)/, ["start", "starts", "started", "begin", "effective", "eff"]],
  [/(^|_)(?:to|thru|through|until)(_|$)/, ["from", "since"]],
  [/(^|_)(?:discharged|discharge)(_|$)/, ["admitted", "admission", "admit"]],
  [/(^|_)(?:death)(_|$)/, ["birth"]],
  [/(^|_)(?:allowed)(_|$)/, ["paid"]],
  [/(^|_)(?:charge|charged|billed)(_|$)/, ["allowed", "paid"]],
  [/(^|_)(?:paid|closed|finished|last|max|high)(_|$)/, ["received", "opened", "started", "first", "min", "low"]],
];

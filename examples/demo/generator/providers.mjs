import { dateText, day } from "./random.mjs";

/** Taxonomy code and how many of a hundred people have it. reference/specialties.csv says what they are. */
const PEOPLE = [
  ["207Q00000X", 24],
  ["207R00000X", 26],
  ["207RC0000X", 10],
  ["207RE0101X", 6],
  ["207RG0100X", 6],
  ["207RN0300X", 5],
  ["207RP1001X", 5],
  ["2084P0800X", 5],
  ["2085R0202X", 6],
  ["207P00000X", 7],
];
const FACILITIES = [
  "Hudson Mercy Hospital",
  "St. Brigid's Medical Center",
  "Meadowlands General",
  "Garden State University Hospital",
  "Shore Memorial",
  "Palisade Heart Institute",
  "Passaic Valley Hospital",
  "Essex County Medical Center",
];
const FIRST = [
  "Anna",
  "David",
  "José",
  "Priya",
  "François",
  "Olga",
  "Peter",
  "Mei",
  "Zoë",
  "Samuel",
  "Aïcha",
  "Jürgen",
];
const LAST = [
  "Alvarez",
  "Núñez",
  "Rosen",
  "Gupta",
  "O'Connor",
  "Lefèvre",
  "Petrov",
  "Yang",
  "Adeyemi",
  "Schäfer",
  "Marino",
  "Brooks",
];

/** A national provider identifier with its check digit (Luhn over 80840 and the first nine digits). */
function npi(random) {
  // Numbers that begin with 2 are valid and, so far, given to nobody.
  const nine = `2${random.digits(8)}`;
  let sum = 0;
  for (const [i, digit] of [...`80840${nine}`].reverse().entries()) {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return nine + ((10 - (sum % 10)) % 10);
}

/** The records of the provider system, and who bills what for the claims. The number of providers does not depend on that of members. */
export function makeProviders(random) {
  const records = [];
  const bySpecialty = new Map();
  const put = (fields) => {
    const record = {
      NPI: fields.npi,
      ENTITY_TYPE: fields.entity,
      PROV_NAME: fields.name,
      CREDENTIAL: fields.credential ?? null,
      TAXONOMY: fields.taxonomy,
      PRACTICE_CITY: random.pick(["Jersey City", "Newark", "Hoboken", "Paterson", "Trenton", "Camden"]),
      ACCEPTS_NEW: random.chance(0.9) ? random.pick(["Y", "N", "Y"]) : null,
      CONTRACT_FROM: dateText(day("2014-01-01") + random.integer(0, 900)),
      CONTRACT_TO: random.chance(0.05) ? dateText(day("2017-01-01") + random.integer(0, 400)) : null,
      NOTE: fields.note ?? null,
    };
    records.push(record);
    return record;
  };

  const people = PEOPLE.flatMap(([taxonomy, share]) => Array.from({ length: Math.round(share * 2.2) }, () => taxonomy));
  for (const taxonomy of people) {
    const person = {
      npi: npi(random),
      entity: "individual",
      name: `${random.pick(LAST)}, ${random.pick(FIRST)}`,
      credential: random.pick(["MD", "MD", "DO", "M.D."]),
      taxonomy,
      note: random.chance(0.05) ? 'prefers "warm" hand-off | fax first' : null,
    };
    if (!bySpecialty.has(taxonomy)) bySpecialty.set(taxonomy, []);
    bySpecialty.get(taxonomy).push(person.npi);
    put(person);
    // A second practice, or a second specialty: another record of the same person.
    if (random.chance(0.15)) put({ ...person, taxonomy: random.chance(0.5) ? taxonomy : "207R00000X" });
  }
  const facilities = FACILITIES.map(
    (name) => put({ npi: npi(random), entity: "organization", name, taxonomy: "282N00000X" }).NPI,
  );
  // Typing errors of the source: a wrong check digit, a number that is too short.
  for (const { NPI: right, PROV_NAME: name, TAXONOMY: taxonomy } of records.slice(0, 4)) {
    put({ npi: right.slice(0, 9) + ((Number(right[9]) + 1) % 10), entity: "individual", name, taxonomy });
  }
  put({ npi: "21234567", entity: "individual", name: "Unknown, Unknown", taxonomy: null });

  return {
    records,
    facilities,
    primaryCare: [...bySpecialty.get("207Q00000X"), ...bySpecialty.get("207R00000X")],
    ofSpecialty: (taxonomy) => bySpecialty.get(taxonomy),
  };
}

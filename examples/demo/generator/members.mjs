import { dateText, day, EXTRACTED, timestampText } from "./random.mjs";

// Names as a plan of New Jersey meets them: accents, apostrophes, commas and quotes included.
const FIRST_NAMES = {
  F: [
    "Mary",
    "Patricia",
    "Dolores",
    "Carmen",
    "Rosa",
    "María José",
    "Inès",
    "Søren-Marie",
    "Agnieszka",
    "Thị Lan",
    "Grace",
    "Ruth",
    "Joan",
    "Lakshmi",
    "Zoë",
    "美玲",
    "Yolanda",
    "Beverly",
    "Anne-Marie",
    "Fatima",
  ],
  M: [
    "James",
    "Robert",
    "José",
    "Luis",
    "Władysław",
    "Jürgen",
    "Antonio",
    "Raymond",
    "Văn Minh",
    "Kwame",
    "Harold",
    "Rajesh",
    "Eugene",
    "Ömer",
    "Seán",
    "建国",
    "Walter",
    "Carlos",
    "Jean-Luc",
    "Ibrahim",
  ],
};
const LAST_NAMES = [
  "Smith",
  "Rodríguez",
  "O'Brien",
  "Nguyễn",
  "D'Angelo",
  "Kowalczyk",
  "Müller",
  "Patel",
  "Washington",
  "de la Cruz",
  "García-Márquez",
  "Chen",
  "Cohen",
  "St. John",
  "Van der Berg",
  "Ibáñez",
  "Williams",
  "Øvergård",
  "Kim",
  "Johnson",
  "McAllister",
  "Haddad",
  "Souza",
  "Brown",
];
const NICKNAMES = ["Bob", "Skip", "Honey", "Doc", "Tita"];
const PLACES = [
  ["Jersey City", "Hudson", "07302"],
  ["Hoboken", "Hudson", "07030"],
  ["Newark", "Essex", "07102"],
  ["Montclair", "Essex", "07042"],
  ["Paterson", "Passaic", "07501"],
  ["Elizabeth", "Union", "07201"],
  ["Trenton", "Mercer", "08608"],
  ["Hackensack", "Bergen", "07601"],
  ["Camden", "Camden", "08102"],
  ["Asbury Park", "Monmouth", "07712"],
];
const STREETS = [
  "Bergen Ave",
  "Main St",
  "Martin Luther King Jr Blvd",
  "Garden St",
  "Palisade Ave",
  "Ocean Ave",
  "Route 9",
];
const LANGUAGES = [
  ["English", 70],
  ["Spanish", 17],
  ["Portuguese", 4],
  ["Mandarin", 3],
  ["Polish", 3],
  ["Vietnamese", 2],
  [null, 1],
];

/** What a member lives with. Each has the codes under which claims name it, the better documented first. */
export const CONDITIONS = [
  { name: "hypertension", share: 0.6, codes: ["I10"] },
  { name: "lipids", share: 0.5, codes: ["E785", "E7800"] },
  { name: "diabetes", share: 0.27, codes: ["E119", "E1165"] },
  { name: "diabetes_with_complications", share: 0.4, needs: "diabetes", codes: ["E1122", "E1140", "E1151"] },
  { name: "heart_failure", share: 0.13, codes: ["I5022", "I5032", "I509"] },
  { name: "atrial_fibrillation", share: 0.12, codes: ["I4891", "I480"] },
  { name: "copd", share: 0.13, codes: ["J449", "J441"] },
  { name: "kidney_moderate", share: 0.14, codes: ["N183"] },
  { name: "kidney_severe", share: 0.25, needs: "kidney_moderate", codes: ["N184", "N185"] },
  { name: "depression", share: 0.11, codes: ["F331", "F320"] },
  { name: "breast_cancer", share: 0.05, sex: "F", codes: ["C50911", "C50412"] },
  { name: "metastatic_cancer", share: 0.12, needs: "breast_cancer", codes: ["C7951", "C787"] },
  { name: "dementia", share: 0.07, codes: ["G309", "F0390"] },
];

const MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY";

/** Medicare's identifier: letters and digits at fixed places, without S, L, O, I, B and Z. */
function mbi(random) {
  const letter = () => random.pick(MBI_LETTERS);
  const digit = () => random.integer(0, 9);
  const either = () => (random.chance(0.5) ? letter() : digit());
  return [
    random.integer(1, 9),
    letter(),
    either(),
    digit(),
    letter(),
    either(),
    digit(),
    letter(),
    letter(),
    digit(),
    digit(),
  ].join("");
}

/** One member: the truth, and the records of it that the enrollment system sent, oldest first. */
export function makeMember(random, id) {
  const sex = random.chance(0.56) ? "F" : "M";
  const disabled = random.chance(0.09);
  const age = disabled ? random.integer(35, 64) : 65 + Math.floor(random.next() ** 1.7 * 33);
  const born = day("2017-01-01") - Math.floor((age + random.next()) * 365.25);
  const frailty = Math.max(0.3, (age - 50) / 25) * (0.4 + 1.2 * random.next());
  const died = random.chance(0.025 * frailty) ? random.integer(day("2016-03-01"), day("2018-04-10")) : null;

  const conditions = new Map();
  for (const { name, share, needs, sex: only, codes } of CONDITIONS) {
    if ((needs && !conditions.has(needs)) || (only && only !== sex)) continue;
    if (random.chance(needs ? share : Math.min(0.9, share * (0.5 + frailty / 2))))
      conditions.set(name, random.pick(codes));
  }

  const [city, county, zip] = random.pick(PLACES);
  const house = `${random.integer(1, 980)} ${random.pick(STREETS)}`;
  const nickname = random.chance(0.03) ? ` "${random.pick(NICKNAMES)}"` : "";
  const record = {
    member_id: id,
    mbi: mbi(random),
    last_name: random.pick(LAST_NAMES) + (random.chance(0.04) ? random.pick([", Jr.", ", III", ", M.D."]) : ""),
    first_name: random.pick(FIRST_NAMES[sex]) + nickname,
    birth_date: dateText(born),
    death_date: null,
    sex: random.chance(0.004) ? "U" : sex,
    language: random.weighted(LANGUAGES),
    address: random.chance(0.02)
      ? `${house}\nApt ${random.integer(1, 40)}`
      : random.chance(0.2)
        ? `${house}, Apt ${random.integer(1, 40)}`
        : house,
    city,
    county: random.chance(0.97) ? county : null,
    state: "NJ",
    zip: random.chance(0.9) ? zip : `${zip}-${random.digits(4)}`,
    phone: random.chance(0.93) ? `201-555-01${random.digits(2)}` : null,
    email: random.chance(0.45) ? `member${id}@mail.example` : random.chance(0.2) ? "" : null,
    entitled_by: disabled ? "disability" : "age",
    dual: random.chance(0.18) ? "t" : "f",
    updated_at: timestampText(random, day("2016-01-02") + random.integer(0, 300)),
  };
  const records = [record];
  const moved = day("2017-02-01") + random.integer(0, 300);
  if (random.chance(0.12) && (died === null || moved < died)) {
    // They moved: the whole record comes again.
    const [newCity, newCounty, newZip] = random.pick(PLACES);
    records.push({
      ...record,
      city: newCity,
      county: newCounty,
      zip: newZip,
      updated_at: timestampText(random, moved),
    });
  }
  if (died !== null) {
    // A death is known only later, and the latest ones are not known yet.
    const reported = Math.max(died + random.integer(5, 75), day("2016-12-01"));
    if (reported < EXTRACTED) {
      records.push({ ...records.at(-1), death_date: dateText(died), updated_at: timestampText(random, reported) });
    }
  }
  return { id, sex, age, born, died, frailty, conditions, dual: record.dual === "t", records };
}

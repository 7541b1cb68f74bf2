/** Names of the database's objects, as people write them in a definition. */
import { badName, duplicateColumn, nameTooLong } from "./codes/definition_codes.ts";
import { name as nameOf, quoted } from "./words.ts";
import type { Path, Problem } from "./problem.ts";
import type { TableName } from "./types.ts";

/** PostgreSQL's NAMEDATALEN less the closing byte. */
const MOST_BYTES = 63;

const PART = /"((?:[^"]|"")+)"|([^".]+)/y;
const PLAIN = /^[\p{Ll}\p{Lo}_][\p{Ll}\p{Lo}\p{N}_$]*$/u;

/** Reads `schema.name`, either part in double quotes where it has capitals or spaces. */
export function readTableName(
  text: string,
  path: Path,
): { readonly table?: TableName; readonly problems: readonly Problem[] } {
  const bad = (message: string, hint: string, replaceWith?: string) => ({
    problems: [
      {
        code: badName,
        path,
        message: `${nameOf(path)} ${message}`,
        hint,
        ...(replaceWith !== undefined && { replaceWith }),
      },
    ],
  });
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (!match) return bad(`is ${quoted(text)}, which is not a name`, "Write it as schema.name.");
    const [whole, inQuotes, plain] = match;
    if (plain !== undefined && !PLAIN.test(plain)) {
      if (PLAIN.test(plain.toLowerCase())) {
        const lower = text.toLowerCase();
        return bad(
          `is ${text}, but PostgreSQL reads capitals without quotes as small letters`,
          `Write ${lower}; if the name really has capitals, put that part in double quotes.`,
          lower,
        );
      }
      return bad(
        `is ${quoted(text)}, which is not a plain name`,
        "Use small letters, digits and _, or put the part in double quotes if it really is called that.",
      );
    }
    parts.push(inQuotes?.replaceAll('""', '"') ?? plain!);
    at += whole.length;
    if (at === text.length) break;
    if (text[at] !== ".") return bad(`is ${quoted(text)}, which is not a name`, "Write it as schema.name.");
    at++;
  }
  if (parts.length === 1) {
    return bad(`has no schema: ${text}`, `Write schema.${text}, with the schema that it belongs to.`);
  }
  if (parts.length > 2) return bad(`has more than a schema and a name: ${text}`, "Write it as schema.name.");
  const problems = parts.flatMap((part) => tooLong(part, path));
  return { table: { schema: parts[0]!, name: parts[1]! }, problems };
}

/** A name that PostgreSQL would cut off. */
export function tooLong(name: string, path: Path): readonly Problem[] {
  // A UTF-16 unit is three bytes at most, so most names need no counting.
  if (name.length * 3 <= MOST_BYTES) return [];
  const bytes = Buffer.byteLength(name);
  if (bytes <= MOST_BYTES) return [];
  return [
    {
      code: nameTooLong,
      path,
      message: `${quoted(name)} has ${bytes} bytes; PostgreSQL would cut it off after ${MOST_BYTES}`,
      hint: `Shorten it by ${bytes - MOST_BYTES} or more.`,
    },
  ];
}

/** A list of columns that names one twice. */
export function repeated(
  names: readonly string[],
  pathOf: (index: number) => Path,
  what = "column",
): readonly Problem[] {
  if (new Set(names).size === names.length) return [];
  return names.flatMap((name, i) => {
    const first = names.indexOf(name);
    if (first === i) return [];
    return [
      {
        code: duplicateColumn,
        path: pathOf(i),
        message: `${what} ${quoted(name)} is named twice`,
        labels: [{ path: pathOf(first), message: "first named here" }],
        hint: "Remove one, or correct its name.",
      },
    ];
  });
}

/** PostgreSQL's names of encodings, and how each is read here. */
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { unknownEncoding } from "./codes.ts";

export type Encoding =
  | { readonly type: "utf8" }
  /** A character for each byte; without a table they are the same number, as in Latin-1. */
  | { readonly type: "single"; readonly table?: Uint16Array }
  | { readonly type: "multi"; readonly label: string };

/** Every ISO encoding keeps 0x80 to 0x9F for control characters; Windows' leave some bytes without a character. */
const singles: Readonly<Record<string, string>> = {
  latin2: "iso-8859-2",
  latin3: "iso-8859-3",
  latin4: "iso-8859-4",
  latin5: "windows-1254",
  latin6: "iso-8859-10",
  latin7: "iso-8859-13",
  latin8: "iso-8859-14",
  latin9: "iso-8859-15",
  latin10: "iso-8859-16",
  iso88595: "iso-8859-5",
  iso88596: "iso-8859-6",
  iso88597: "iso-8859-7",
  iso88598: "iso-8859-8",
  koi8r: "koi8-r",
  koi8u: "koi8-u",
  win866: "ibm866",
  win874: "windows-874",
  win1250: "windows-1250",
  win1251: "windows-1251",
  win1252: "windows-1252",
  win1253: "windows-1253",
  win1254: "windows-1254",
  win1255: "windows-1255",
  win1256: "windows-1256",
  win1257: "windows-1257",
  win1258: "windows-1258",
};

const multis: Readonly<Record<string, string>> = {
  eucjp: "euc-jp",
  euckr: "euc-kr",
  uhc: "euc-kr",
  euccn: "gbk",
  gbk: "gbk",
  gb18030: "gb18030",
  big5: "big5",
  sjis: "shift_jis",
};

const aliases: Readonly<Record<string, string>> = {
  unicode: "utf8",
  sqlascii: "utf8",
  iso88591: "latin1",
  iso88592: "latin2",
  iso88599: "latin5",
  iso885915: "latin9",
  koi8: "koi8r",
  alt: "win866",
  shiftjis: "sjis",
};

/** @throws DiagnosticError where PostgreSQL or CTF has no such encoding */
export function encodingOf(name: string): Encoding {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .replace(/^windows/, "win");
  const known = aliases[plain] ?? plain;
  if (known === "utf8") return { type: "utf8" };
  if (known === "latin1") return { type: "single" };
  const multi = multis[known];
  if (multi) return { type: "multi", label: multi };
  const single = singles[known];
  if (single) return { type: "single", table: tableOf(single, known) };
  throw new DiagnosticError([
    unknownEncoding({
      message: `CTF can't read files in the encoding ${name}`,
      hint: `One of UTF8, LATIN1, ${[...Object.keys(singles), ...Object.keys(multis)].join(", ").toUpperCase()}.`,
    }),
  ]);
}

/** Text → its bytes; undefined where it has a character that the encoding has not, or where that can't be told here. */
export function encoded(text: string, name: string): Buffer | undefined {
  const encoding = encodingOf(name);
  if (encoding.type === "utf8") return Buffer.from(text);
  if (encoding.type === "multi") return undefined;
  const byteOf = new Map(Array.from({ length: 256 }, (_, byte) => [encoding.table?.[byte] ?? byte, byte]));
  const bytes = Array.from(text, (character) => byteOf.get(character.codePointAt(0)!));
  return bytes.includes(undefined) ? undefined : Buffer.from(bytes as number[]);
}

/** Windows-1252 from 0x80 to 0x9F, after which it is Latin-1. Some versions of Node take all of it for Latin-1. */
const WIN1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

function tableOf(label: string, known: string): Uint16Array {
  const decoder = new TextDecoder(label);
  const decode = (byte: number): number => {
    if (known === "win1252") return WIN1252.charCodeAt(byte - 0x80) || byte;
    return decoder.decode(Uint8Array.of(byte)).charCodeAt(0);
  };
  const isWindows = known.startsWith("win");
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    const control = byte >= 0x80 && byte < 0xa0;
    if (control && !isWindows && !known.startsWith("koi8")) return byte;
    const code = decode(byte);
    // Browsers give such bytes a control character; PostgreSQL says that they are none of the encoding's.
    const none = code === 0xfffd || (control && code < 0xa0);
    return none ? 0xdfff : code;
  });
}

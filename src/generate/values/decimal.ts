/** Exact decimal numbers as PostgreSQL writes them, of any size. */

/** `digits` × 10^-scale */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const NUMBER = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?\s*$/;

/** undefined for what is no finite number. */
export function decimalOf(text: string): Decimal | undefined {
  const found = NUMBER.exec(text);
  if (!found || (found[2] === "" && found[3] === "")) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = found;
  const digits = BigInt(`${whole}${fraction}` || "0") * (sign === "-" ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** The number as so many units of 10^-scale, towards zero where it is finer than that; `exact` tells. */
export function unitsOf(
  { digits, scale }: Decimal,
  wanted: number,
): { readonly units: bigint; readonly exact: boolean } {
  if (wanted >= scale) return { units: digits * 10n ** BigInt(wanted - scale), exact: true };
  const by = 10n ** BigInt(scale - wanted);
  return { units: digits / by, exact: digits % by === 0n };
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [unitsOf(a, scale).units, unitsOf(b, scale).units];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function decimalText(units: bigint, scale: number): string {
  if (scale <= 0) return String(units * 10n ** BigInt(-scale));
  const sign = units < 0n ? "-" : "";
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

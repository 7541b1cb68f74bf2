/** Numbers that look random and depend on nothing but what they are asked for. */

export interface Random {
  /** From 0 up to, but not, 1. */
  next(): number;
  /** Both ends are possible. */
  int(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
}

/** The same parts give the same numbers (cyrb128 as seed of sfc32). */
export function randomOf(...parts: readonly (string | number)[]): Random {
  let [a, b, c, d] = [1_779_033_703, 3_144_134_277, 1_013_904_242, 2_773_480_762];
  const text = parts.join("\u0000");
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 597_399_067);
    b = c ^ Math.imul(b ^ k, 2_869_860_233);
    c = d ^ Math.imul(c ^ k, 951_274_213);
    d = a ^ Math.imul(d ^ k, 2_716_044_179);
  }
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 12; i++) next();
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return { next, int, pick: (list) => list[int(0, list.length - 1)]! };
}

/** A whole number of any size; both ends are possible. */
export function bigBetween(random: Random, low: bigint, high: bigint): bigint {
  const size = high - low + 1n;
  if (size <= 1n) return low;
  let value = 0n;
  for (let bits = size; bits > 0n; bits >>= 24n) value = (value << 24n) | BigInt(random.int(0, 0xffffff));
  return low + (value % size);
}

/**
 * One of `count` for each key, such that with one more, only those change that take the new one ("A Fast, Minimal Memory,
 * Consistent Hash Algorithm", Lamping and Veach).
 */
export function steadyChoice(random: Random, count: number): number {
  let chosen = 0;
  for (let next = 0; next < count;) {
    chosen = next;
    next = Math.floor((chosen + 1) / Math.max(random.next(), 1e-9));
  }
  return chosen;
}

/** Numbers and times as people read them. */

export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** `1 row`, `12,345 rows` */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `2 h` */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoUnits(whole, 60, "min", "s");
  return twoUnits(Math.floor(whole / 60), 60, "h", "min");
}

const twoUnits = (n: number, per: number, big: string, small: string): string =>
  `${Math.floor(n / per)} ${big}${n % per === 0 ? "" : ` ${n % per} ${small}`}`;

/** `just now`, `5 min ago`, `3 h ago`, `12 d ago` */
export function ago(at: Date, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - at.getTime()) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `1.2 MB`: bytes in powers of 1000. */
export function bytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = n;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

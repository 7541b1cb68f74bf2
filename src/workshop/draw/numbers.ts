/** Numbers as the drawings write them. */

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** `0.012 s`, `3.4 s`, `12 min` */
export function seconds(value: number): string {
  if (value >= 600) return `${(value / 60).toFixed(0)} min`;
  return `${value.toFixed(value < 0.1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0)} s`;
}

/** With two significant digits, as measurements repeat no more exactly: `36,000`. */
export function perSecond(value: number): string {
  if (value <= 0 || !Number.isFinite(value)) return "0";
  const power = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return (Math.round(value / power) * power).toLocaleString("en-US");
}

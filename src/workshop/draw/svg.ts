/** The little of SVG that the workshop's drawings need. They follow the light or dark theme of whoever looks. */

type Attributes = Readonly<Record<string, string | number>>;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const rounded = (value: string | number): string =>
  typeof value === "number" ? String(Math.round(value * 100) / 100) : escaped(value);

/** `inside` is SVG already. */
export function element(name: string, attributes: Attributes, inside = ""): string {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${rounded(value)}"`);
  return inside === "" ? `<${name}${all.join("")}/>` : `<${name}${all.join("")}>${inside}</${name}>`;
}

export const text = (x: number, y: number, words: string, more: Attributes = {}): string =>
  element("text", { x, y, ...more }, escaped(words) || " ");

/** What a pointer shows. */
export const title = (words: string): string => `<title>${escaped(words)}</title>`;

const STYLE = `
svg{--paper:#fff;--ink:#1f2328;--soft:#59636e;--line:#d8dee4;--deep:#1b6ca8;--light:#8cc4ea;--warm:#c8641b;--pale:#e7ebef}
@media (prefers-color-scheme:dark){svg{--paper:#11161c;--ink:#e6edf3;--soft:#9198a1;--line:#2d343c;--deep:#3f94d1;--light:#a9d5f2;--warm:#e08a45;--pale:#262d35}}
text{font:13px system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:var(--ink)}
.small{font-size:11.5px;fill:var(--soft)}.head{font-size:17px;font-weight:600}.name{font-weight:600}.end{text-anchor:end}.mid{text-anchor:middle}
.paper{fill:var(--paper)}.line{stroke:var(--line);fill:none}.deep{fill:var(--deep)}.light{fill:var(--light)}.warm{fill:var(--warm)}.pale{fill:var(--pale)}
`.trim();

export function drawing(width: number, height: number, label: string, parts: readonly string[], style = ""): string {
  const paper = element("rect", { width, height, class: "paper" });
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`,
    role: "img",
    "aria-label": label,
  };
  return `${element("svg", attributes, `<style>${STYLE}${style}</style>\n${[paper, ...parts].join("\n")}\n`)}\n`;
}

/** Round numbers from 0 to beyond `most`, about so many. */
export function ticks(most: number, about: number): readonly number[] {
  if (most <= 0) return [0];
  const rough = most / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, n) => Number((n * step).toPrecision(12)));
}

/** Words in lines of at most so many characters. */
export function wrapped(words: string, width: number): readonly string[] {
  const lines = [""];
  for (const word of words.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

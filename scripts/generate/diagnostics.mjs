/** docs/diagnostics: every code with what it means, and what its bad example really prints. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogue, EXAMPLE_BASE } from "../../src/check/catalogue.ts";
import { checkProject } from "../../src/check/index.ts";
import { renderText } from "../../src/diagnostics/render_text.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";

const sources = fileURLToPath(new URL("../../src/", import.meta.url));

/** Those that `ctf check` knows, and every other room's from its codes.ts. */
async function allCodes() {
  const files = readdirSync(sources, { recursive: true }).filter((file) => /(^|\/)codes\.ts$/.test(file));
  const rooms = await Promise.all(files.map((file) => import(join(sources, file))));
  const found = [...catalogue, ...rooms.flatMap((room) => Object.values(room))].filter(
    (one) => typeof one?.code === "string",
  );
  return [...new Map(found.map((one) => [one.code, one])).values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** What `ctf check` prints for a project of these files. */
async function outputOf(files) {
  const root = mkdtempSync(join(tmpdir(), "ctf-example-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { project, diagnostics } = await loadProject(root, kinds, { cache: false });
    const all = [...diagnostics, ...(await checkProject(project, { cache: false }))];
    return renderText(all, { color: false, source: (file) => files[file] });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const GROUPS = [
  ["CTF0", "Files and YAML"],
  ["CTF1", "Definitions"],
  ["CTF2", "Inputs, outputs and the graph"],
  ["CTF3", "SQL"],
  ["CTF4", "What a command asks for"],
  ["CTF5", "Connections, building and publishing"],
  ["CTF6", "Python transforms"],
  ["CTF7", "Writing definitions"],
  ["CTF8", "Loading files, and making rows up"],
  ["CTF9", "The embedded PostgreSQL"],
];

export async function diagnosticsPage() {
  const codes = await allCodes();
  const groups = GROUPS.map(([prefix, title]) => [title, codes.filter(({ code }) => code.startsWith(prefix))]);
  const homeless = codes.filter(({ code }) => !GROUPS.some(([prefix]) => code.startsWith(prefix)));
  if (homeless.length > 0) throw new Error(`no group for ${homeless.map(({ code }) => code).join(", ")}`);
  const index = groups.map(
    ([title, members]) =>
      `**${title}**\n\n${members.map((one) => `- [${one.code}](#${anchor(one)}) ${one.name}`).join("\n")}`,
  );
  const sections = [];
  for (const [title, members] of groups) {
    sections.push(`## ${title}`);
    for (const one of members) sections.push(await section(one));
  }
  return `<!-- Made by \`make generate\` from the code; change it there. -->

# Diagnostics

Everything that CTF can have to say about a project or a run has a code. Codes are never used again for something else.

${index.join("\n\n")}

${sections.join("\n\n")}
`;
}

const anchor = ({ code, name }) => `${code}-${name}`.toLowerCase();

const SEVERITIES = { error: "", warning: " (A warning.)", info: " (A note.)" };

async function section(one) {
  const parts = [`### ${one.code} ${one.name}`, `${one.what}${SEVERITIES[one.severity]}`];
  parts.push(`*Why:* ${one.why}`, `*What to do:* ${one.todo}`);
  if (one.fixable) parts.push("`ctf check --fix` mends it, where there is one right answer.");
  if (one.bad) {
    const output = await outputOf({ ...EXAMPLE_BASE, ...one.bad });
    const changed = changedFile(one);
    if (changed)
      parts.push(`For example, \`${changed}\`:`, fence(changed.endsWith(".sql") ? "sql" : "yaml", one.bad[changed]));
    parts.push(changed ? "gives" : "It is told like this:", fence("text", output));
  }
  return parts.join("\n\n");
}

/** The file of the bad example that makes the difference. */
const changedFile = ({ bad, good = {} }) =>
  Object.keys(bad).find((path) => bad[path] !== good[path] && !bad[path].includes("\0"));

const fence = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** The folder of CTF's package.json and schemas/: as far from src/project/ as from any folder of dist/. */
export const packageFolder = new URL("../../", import.meta.url);

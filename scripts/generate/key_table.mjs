/** The keys of a JSON Schema, for people. */

/** The same schema with only these keys. */
export const pick = (schema, keys) => ({
  ...schema,
  properties: Object.fromEntries(
    keys.filter((key) => schema.properties[key]).map((key) => [key, schema.properties[key]]),
  ),
});

/** Markdown: a row for each key of a JSON Schema. `stop`: keys whose own keys are left out; `see` stands there instead. */
export function table(schema, options) {
  return ["| key | value | meaning |", "| --- | --- | --- |", ...rows(schema, "", options)].join("\n");
}

/** A row for each key, those within it after it. */
function rows(schema, prefix, options = {}) {
  const { stop = [], see } = options;
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const needed = schema.required?.includes(key) ? " (needed)" : "";
    const stops = stop.includes(key);
    const row = `| \`${name}\` | ${stops ? see : words(value)}${needed} | ${cell(value.description ?? "")} |`;
    return stops ? [row] : [row, ...within(value, name, options)];
  });
}

function within(value, name, options) {
  const forms = [value, ...(value.anyOf ?? [])];
  return forms.flatMap((form) => [
    ...rows(form, `${name}.`, options),
    ...(form.type === "array"
      ? [form.items, ...(form.items.anyOf ?? [])].flatMap((item) => rows(item, `${name}[].`, options))
      : []),
    ...(typeof form.additionalProperties === "object"
      ? [form.additionalProperties, ...(form.additionalProperties.anyOf ?? [])].flatMap((item) =>
          rows(item, `${name}.NAME.`, options),
        )
      : []),
  ]);
}

/** What sort of value it is. */
function words(value) {
  if (value.const !== undefined) return `\`${value.const}\``;
  if (value.enum) return value.enum.map((one) => `\`${one}\``).join(", ");
  if (value.anyOf) return [...new Set(value.anyOf.map(words))].join(" or ");
  if (value.type === "array") return value.items.enum ? `list of ${words(value.items)}` : `list`;
  if (value.type === "object") return value.properties ? "keys" : "names with values";
  if (Array.isArray(value.type)) return value.type.map((type) => words({ type })).join(" or ");
  return (
    { string: "text", integer: "whole number", number: "number", boolean: "`true` or `false`" }[value.type] ?? "text"
  );
}

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** FHIR's Questionnaire (R4, R5) as a form: items by linkId, and their types as answer types. */
import { isObject, type Json, type SchemaNode } from "./tree.ts";

/** They hold no answer. */
const WITHOUT_ANSWER: ReadonlySet<unknown> = new Set(["group", "display"]);

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export function questionnaireNode(item: Json): SchemaNode {
  const { enableWhen, enableBehavior } = item;
  const [code] = listOf(item["code"]);
  return {
    slug: textOf(item["linkId"]),
    children: listOf(item["item"]),
    type: WITHOUT_ANSWER.has(item["type"]) ? undefined : textOf(item["type"]),
    tag: isObject(code) ? textOf(code["code"]) : undefined,
    labels: labelsOf(item),
    show:
      enableWhen === undefined ? undefined : { enableWhen, ...(enableBehavior !== undefined && { enableBehavior }) },
    viewOnly: item["readOnly"] === true,
  };
}

const TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation";

/** The text, and its translations, which stand in extensions of `_text`. */
function labelsOf(item: Json): Readonly<Record<string, string>> {
  const own = textOf(item["text"]);
  const beside = isObject(item["_text"]) ? listOf(item["_text"]["extension"]) : [];
  const translations = beside.flatMap((extension): readonly (readonly [string, string])[] => {
    if (!isObject(extension) || extension["url"] !== TRANSLATION) return [];
    const parts = listOf(extension["extension"]).filter(isObject);
    const part = (url: string) => parts.find((one) => one["url"] === url);
    const language = textOf(part("lang")?.["valueCode"]);
    const content = textOf(part("content")?.["valueString"]) ?? textOf(part("content")?.["valueMarkdown"]);
    return language === undefined || content === undefined ? [] : [[language, content]];
  });
  return { ...(own !== undefined && { "": own }), ...Object.fromEntries(translations) };
}

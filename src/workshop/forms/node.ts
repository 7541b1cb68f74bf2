/** What the schemas of the workshop's forms are made of, and short words to write them with. */

interface Label {
  readonly en: string;
  readonly es: string;
}

export type AnswerType = "text" | "number" | "boolean" | "date" | "choice";

/** A form, a section of it, or a question. The kind `flatten` reads the same trees. */
export interface FormNode {
  readonly slug: string;
  readonly label: Label;
  /** A node that has one is a question. */
  readonly answerType?: AnswerType;
  readonly tag?: string;
  /** It is shown only where another question was answered so. */
  readonly show?: { readonly path: string; readonly equals: string | boolean };
  /** It is read, not asked. */
  readonly viewOnly?: true;
  readonly children?: readonly FormNode[];
  /** Of a number, or of a date's year. */
  readonly from?: number;
  readonly to?: number;
  /** Of a choice; for a text, what the app proposes while somebody types. */
  readonly options?: readonly string[];
}

type More = Pick<FormNode, "tag" | "show">;

export const section = (slug: string, en: string, es: string, children: readonly FormNode[]): FormNode => ({
  slug,
  label: { en, es },
  children,
});

const question =
  (answerType: AnswerType) =>
  (slug: string, en: string, es: string, more: Omit<FormNode, "slug" | "label" | "answerType"> = {}): FormNode => ({
    slug,
    label: { en, es },
    answerType,
    ...more,
  });

export const yesNo = question("boolean");

export const number = (slug: string, en: string, es: string, from: number, to: number, more: More = {}): FormNode =>
  question("number")(slug, en, es, { from, to, ...more });

/** `from` and `to` are years. */
export const date = (slug: string, en: string, es: string, from: number, to: number, more: More = {}): FormNode =>
  question("date")(slug, en, es, { from, to, ...more });

export const choice = (slug: string, en: string, es: string, options: readonly string[], more: More = {}): FormNode =>
  question("choice")(slug, en, es, { options, ...more });

export const text = (slug: string, en: string, es: string, options: readonly string[], more: More = {}): FormNode =>
  question("text")(slug, en, es, { options, ...more });

/** Read out or shown to whoever asks; nobody answers it. */
export const note = (slug: string, en: string, es: string): FormNode => ({ slug, label: { en, es }, viewOnly: true });

export const tagged = (tag: string): More => ({ tag });

export const when = (path: string, equals: string | boolean): More => ({ show: { path, equals } });

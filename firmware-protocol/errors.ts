import { type ErrorCode, type ErrorEntry, errorTable } from "./error-table.ts";

type FactsOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string | number } & FactsOf<Rest>
  : unknown;
type TextOf<C extends ErrorCode> = `${(typeof errorTable)[C]["says"]} ${(typeof errorTable)[C]["mend"]}`;
/** The facts that the text of error `C` names: a missing one does not compile. */
export type Facts<C extends ErrorCode> = FactsOf<TextOf<C>>;

function filled(template: string, facts: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? `{${name}}`));
}

/** What went wrong (`message`), what it was about (`facts`) and what to do next (`mend`). */
export class MhoError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly mend: string;

  constructor(code: C, facts: Facts<C>, options?: ErrorOptions) {
    const entry: ErrorEntry = errorTable[code];
    const known = facts as Readonly<Record<string, string | number>>;
    super(filled(entry.says, known), options);
    this.name = "MhoError";
    this.code = code;
    this.facts = known;
    this.mend = filled(entry.mend, known);
  }
}

/** Narrows a caught value to an error of ours, and to one code where that is given. */
export function isMhoError<C extends ErrorCode = ErrorCode>(error: unknown, code?: C): error is MhoError<C> {
  return error instanceof MhoError && (code === undefined || error.code === code);
}

export type { ErrorCode } from "./error-table.ts";
export { errorTable } from "./error-table.ts";

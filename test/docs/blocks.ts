/** A fenced block of a documentation page. */
export interface Block {
  readonly page: string;
  /** Line of the page on which the block's text begins. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

export function blocksOf(page: string, markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: markdown.slice(0, match.index).split("\n").length + 1,
    language: match[1]!,
    text: match[2]!,
  }));
}

/** Needs a board that is really there. */
const needsHardware = /serial:|\/dev\/tty|tcp:\/\/(?!localhost|127\.)/;

/** The `mho` command lines of a shell block that can run anywhere, continued lines joined, comments taken off. */
export function commandLines(text: string): string[] {
  return text
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.replace(/\s#\s.*$/, "").trim())
    .filter((line) => line.startsWith("mho ") && !needsHardware.test(line));
}

/** Words of a command line, with single and double quotes taken off. */
export const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"),
  );

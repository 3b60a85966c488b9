/**
 * Generated parts of a document: what stands between `<!-- generated:NAME -->` and `<!-- /generated -->`. A part of
 * several lines gets lines of its own.
 */
export type Blocks = Readonly<Record<string, () => string>>;

const block = /<!-- generated:([\w-]+) -->[\s\S]*?<!-- \/generated -->/g;

/** The document with its generated parts made afresh. Throws where its names and `blocks` are not the same set. */
export function filled(document: string, blocks: Blocks): string {
  const unused = new Set(Object.keys(blocks));
  const made = document.replace(block, (_, name: string) => {
    const make = blocks[name];
    if (!make) throw new Error(`nothing makes the generated part ${name}`);
    unused.delete(name);
    const text = make();
    const edge = text.includes("\n") ? "\n\n" : "";
    return `<!-- generated:${name} -->${edge}${text}${edge}<!-- /generated -->`;
  });
  if (unused.size > 0) throw new Error(`the document has no place for ${[...unused].join(", ")}`);
  return made;
}

/** A table of Markdown, its columns aligned as the formatter wants them; `|` in a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => [...row[column]!].length)));
  const padded = (cell: string, column: number): string =>
    cell + " ".repeat(widths[column]! - [...cell].length);
  const line = (row: readonly string[]): string => `| ${row.map(padded).join(" | ")} |`;
  return [line(cells[0]!), line(widths.map((width) => "-".repeat(width))), ...cells.slice(1).map(line)].join(
    "\n",
  );
}

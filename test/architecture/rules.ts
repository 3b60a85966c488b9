import { posix } from "node:path";
import ts from "typescript";

export interface Source {
  /** Path from the project root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const stages = ["datasets", "model", "mapping", "deploy", "readout", "posterior", "uncertainty"];
const base = ["firmware-protocol", "calibration"];
const src = (...names: readonly string[]): string[] => names.map((name) => `src/${name}`);
const afterStages = src(...stages, "training", "pipeline");

/** Which units a unit may import, by the table in docs/architecture.md. A unit is a folder with one face. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "firmware-protocol": [],
  calibration: ["firmware-protocol"],
  drivers: base,
  ...Object.fromEntries(stages.map((stage, i) => [`src/${stage}`, [...base, ...src(...stages.slice(0, i))]])),
  "src/training": [...base, ...src(...stages)],
  "src/pipeline": [...base, ...src(...stages)],
  "src/conformance": base,
  "src/testing": [...base, "drivers", ...afterStages, "src/conformance"],
  "src/cli": [...base, "drivers", ...afterStages, "src/conformance"],
  "src/index": [...base, ...afterStages, "src/cli"],
  scripts: [...base, "drivers", ...afterStages, "src/cli", "src/index"],
  bench: [...base, "drivers", ...afterStages, "src/cli", "src/index"],
};
const doors: Readonly<Record<string, string>> = {
  "#protocol": "firmware-protocol",
  "#calibration": "calibration",
  "#drivers": "drivers",
};

/** The unit a file belongs to: `src/deploy` for src/deploy/journal.ts, `src/pipeline` for src/pipeline.ts. */
export function unitOf(path: string): string {
  const [top = "", second = ""] = path.split("/");
  return top === "src" ? `src/${second.replace(/\.ts$/, "")}` : top;
}

function importProblem(from: string, specifier: string): string | undefined {
  const unit = unitOf(from);
  const allowed = mayImport[unit];
  if (!allowed) return `${from} lies in ${unit}, which has no row in the table of arrows`;
  const door = doors[specifier];
  if (!door && !specifier.startsWith(".")) {
    if (specifier.startsWith("#")) return `${from} imports ${specifier}, which is no door`;
    return unit === "firmware-protocol" && specifier !== "zod"
      ? `${from} imports ${specifier}: firmware-protocol may use zod only`
      : undefined;
  }
  const target = door ? `${door}/index.ts` : posix.join(posix.dirname(from), specifier);
  const wanted = unitOf(target);
  if (wanted === unit) return door ? `${from} reaches its own folder through ${specifier}` : undefined;
  if (!allowed.includes(wanted)) return `${from} imports ${specifier}: ${unit} may not reach ${wanted}`;
  if (!door && !wanted.startsWith("src/"))
    return `${from} imports ${specifier}: ${wanted} is reached through its # door`;
  const face = target === `${wanted}/index.ts` || target === `${wanted}.ts`;
  return face ? undefined : `${from} imports ${specifier}: ${wanted} has one face, its index.ts`;
}

/** Arrows and faces: what each import of this file breaks. */
export function importProblems({ path, text }: Source): string[] {
  const imported = ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
  return imported
    .map((specifier) => importProblem(path, specifier))
    .filter((problem) => problem !== undefined);
}

export const sizeProblems = ({ path, text }: Source): string[] => {
  const lines = text.trimEnd().split("\n").length;
  return lines > 300 ? [`${path} has ${lines} lines; 300 is the most`] : [];
};

const forbidden = new Set([
  "manager",
  "helper",
  "helpers",
  "utils",
  "util",
  "service",
  "handler",
  "data",
  "process",
]);
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
const forbiddenIn = (name: string): string | undefined => wordsOf(name).find((word) => forbidden.has(word));

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  node.forEachChild((child) => visit(child, look));
}
const parsed = ({ path, text }: Source): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

/** Names of files, and of what a file declares, that say nothing: architecture.md, Words. */
export function nameProblems(source: Source): string[] {
  const problems = source.path
    .split("/")
    .filter(forbiddenIn)
    .map((part) => `${source.path}: no folder or file is called ${part}`);
  visit(parsed(source), (node) => {
    const declares =
      ts.isFunctionDeclaration(node) ||
      ts.isVariableDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node);
    if (!declares || !node.name || !ts.isIdentifier(node.name)) return;
    const word = forbiddenIn(node.name.text);
    if (word)
      problems.push(
        `${source.path} declares ${node.name.text}: "${word}" says nothing, use the field's word`,
      );
  });
  return problems;
}

const banned = new Set(["Math.random", "Date.now", "performance.now", "process.hrtime"]);
const bannedCalls = new Set(["setTimeout", "setInterval", "console"]);
const mayTouchTheWorld = (path: string): boolean =>
  path.startsWith("src/cli/") || /^calibration\/(real-)?clock\.ts$/.test(path);

/** Chance and time are arguments, and the library prints nothing: only the CLI and the real clock touch the world. */
export function worldProblems(source: Source): string[] {
  const problems: string[] = [];
  visit(parsed(source), (node) => {
    const used =
      ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)
        ? `${node.expression.text}.${node.name.text}`
        : "";
    const named =
      ts.isIdentifier(node) && bannedCalls.has(node.text) && !ts.isPropertyAccessExpression(node.parent)
        ? node.text
        : "";
    const printed = used.startsWith("console.") ? "console" : "";
    const dated =
      ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length
        ? "new Date()"
        : "";
    const found = (banned.has(used) && used) || printed || named || dated;
    if (found === "Math.random" || (found && !mayTouchTheWorld(source.path)))
      problems.push(`${source.path} uses ${found}: chance, time and printing are passed in`);
  });
  return problems;
}

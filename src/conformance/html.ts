import type { Conformance, Finding } from "./run.ts";

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]!);

const words = {
  pass: "pass",
  marginal: "marginal",
  fail: "fail",
  lacking: "not offered",
  notRun: "not run",
} as const;

const row = ({ title, verdict, seconds, why }: Finding): string =>
  `<tr class="${verdict}"><td>${escaped(title)}</td><td>${words[verdict]}</td><td>${seconds.toFixed(2)} s</td><td>${why.map(escaped).join("<br>")}</td></tr>`;

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}
.pass td:nth-child(2){color:#06752f}.marginal td:nth-child(2){color:#8a5a00}.fail td:nth-child(2){color:#b00020;font-weight:bold}
.lacking,.notRun{color:#666}`;

/** What the certificate says in one sentence. It names the board's source: a simulated board is no lab's. */
export function verdictInWords({ board, conforms, destructive, findings }: Conformance): string {
  const count = (verdict: Finding["verdict"]): number => findings.filter((f) => f.verdict === verdict).length;
  const subject = `The ${board.source} board ${board.uid}`;
  if (conforms) return `${subject} keeps all ${count("pass")} obligations of what it offers.`;
  if (count("fail") > 0) return `${subject} breaks ${count("fail")} of ${findings.length} obligations.`;
  if (count("marginal") > 0)
    return `${subject} kept ${count("marginal")} obligations only at a second or third try.`;
  return `${subject} was not asked to change cells${destructive ? "" : `: ${count("notRun")} obligations were not run`}.`;
}

/** The report as one page that needs nothing else. */
export function conformancePage(report: Conformance): string {
  const { board, protocol, mho, date, findings, link, url } = report;
  const facts = [
    ["board", `${board.uid} (${board.source}), boot ${board.bootId.toString(16)}, at ${url}`],
    ["firmware", board.firmware],
    ["array", `${board.tiles} tiles of ${board.rows} × ${board.cols}`],
    ["offers", board.capabilities.join(", ")],
    ["protocol", `${protocol.major}.${protocol.minor}, table ${protocol.tableHash}`],
    ["suite", `mho ${mho}, ${date}`],
    [
      "link",
      link
        ? `${link.framesIn} frames in, ${link.framesOut} out, ${link.crcErrors} damaged, ${link.duplicates} twice`
        : "gone",
    ],
  ];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Conformance of ${escaped(board.uid)}</title><style>${style}</style>
<h1>${escaped(verdictInWords(report))}</h1>
<table>${facts.map(([name, value]) => `<tr><th>${name}</th><td>${escaped(value!)}</td></tr>`).join("")}</table>
<h2>Obligations</h2>
<table><tr><th>the board</th><th></th><th></th><th></th></tr>${findings.map(row).join("\n")}</table></html>
`;
}

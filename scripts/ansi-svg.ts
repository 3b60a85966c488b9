/** How a character is drawn. */
interface Style {
  readonly fore: string;
  readonly back: string | undefined;
  readonly bold: boolean;
}
interface Run extends Style {
  readonly col: number;
  text: string;
}

const [cell, line, ground] = [8, 17, "#16161e"];
const plain: Style = { fore: "#c8c8d0", back: undefined, bold: false };
/** The eight plain colours of a terminal, by SGR parameter. */
const named: Readonly<Record<number, string>> = {
  31: "#f7768e",
  32: "#73c991",
  33: "#e5c07b",
  36: "#7dcfff",
};

/** The style after one escape `ESC [ … m`; parameters as ECMA-48 and ITU-T T.416 have them. */
function styled(style: Style, parameters: readonly number[]): Style {
  const [code = 0, kind, red, green, blue, ...rest] = parameters;
  if (parameters.length === 0) return style;
  if ((code === 38 || code === 48) && kind === 2) {
    const colour = `rgb(${red},${green},${blue})`;
    return styled(code === 38 ? { ...style, fore: colour } : { ...style, back: colour }, rest);
  }
  const next =
    code === 0
      ? plain
      : code === 1
        ? { ...style, bold: true }
        : code === 22
          ? { ...style, bold: false }
          : code === 39
            ? { ...style, fore: plain.fore }
            : code === 49
              ? { ...style, back: undefined }
              : { ...style, fore: named[code] ?? style.fore };
  return styled(next, parameters.slice(1));
}

/** Runs of characters in one style; the style goes on into the next line. */
function runsOf(text: string, style: Style): { runs: Run[]; style: Style } {
  const runs: Run[] = [];
  let [current, col] = [style, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with a control character
  for (const part of text.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith("\x1b")) current = styled(current, part.slice(2, -1).split(";").map(Number));
    else if (part !== "") runs.push({ ...current, col, text: part });
    if (!part.startsWith("\x1b")) col += [...part].length;
  }
  return { runs, style: current };
}

const escaped = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const box = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;

/** Blocks are drawn as boxes, so that they meet whatever the reader's font does; other text is set on its columns. */
function drawn({ col, text, fore, back, bold }: Run, row: number): string {
  const [x, y, columns] = [col * cell, row * line, [...text].length];
  const half = line / 2;
  if (/^▀+$/.test(text))
    return box(x, y, columns * cell, half, fore) + box(x, y + half, columns * cell, half, back ?? ground);
  const bars = [...text].map((char, i) => {
    const share = "▏▎▍▌▋▊▉█".indexOf(char) + 1;
    return share > 0 ? box(x + i * cell, y + 3, (cell * share) / 8, line - 5, fore) : "";
  });
  const letters = text.replace(/[▏▎▍▌▋▊▉█]/g, " ");
  const weight = bold ? ` font-weight="bold"` : "";
  const words = [...letters.matchAll(/\S+(?: \S+)*/g)].map((match) => {
    const at = x + [...letters.slice(0, match.index)].length * cell;
    return `<text x="${at}" y="${y + 13}" fill="${fore}" textLength="${[...match[0]].length * cell}"${weight}>${escaped(match[0])}</text>`;
  });
  return bars.join("") + words.join("");
}

/** A picture of terminal output with colours in ANSI escapes. */
export function svgOf(output: string, columns: number): string {
  const lines = output.replace(/\n$/, "").split("\n");
  const [width, height] = [columns * cell, lines.length * line];
  let style = plain;
  const body = lines.map((text, row) => {
    const read = runsOf(text, style);
    style = read.style;
    return read.runs.map((run) => drawn(run, row)).join("");
  });
  const font = `font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="13"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -12 ${width + 24} ${height + 24}" width="${width + 24}" xml:space="preserve" shape-rendering="crispEdges" ${font}>`,
    `<rect x="-12" y="-12" width="${width + 24}" height="${height + 24}" rx="6" fill="${ground}"/>`,
    ...body,
    "</svg>\n",
  ].join("\n");
}

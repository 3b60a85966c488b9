/** How values are written in a text line: words without spaces, 7-bit, the same back when they are read. */

/** The shortest decimal that reads back as the same IEEE single. */
export function shortestSingle(value: number): string {
  const single = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return written(short);
  }
  return written(Number(single.toPrecision(9)));
}
const written = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** A text as one word: as it is where it is plain, else in double quotes with \" and \\. */
export function quoted(value: string): string {
  return /^[\w./:+-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** What `quoted` wrote; nothing for a word that is quoted only in part. */
export function unquoted(word: string): string | undefined {
  if (!word.includes('"')) return word;
  return /^"((?:[^"\\]|\\.)*)"$/.exec(word)?.[1]?.replace(/\\(.)/g, "$1");
}

/** Words of a line: parted by spaces, except inside double quotes. Nothing where a quote is left open. Linear time. */
export function wordsOf(line: string): string[] | undefined {
  const word = /(?:[^ "]+|"(?:[^"\\]|\\.)*")+/y;
  const words: string[] = [];
  for (let at = 0; at < line.length; at = word.lastIndex + 1) {
    if (line[at] === " ") {
      word.lastIndex = at;
      continue;
    }
    word.lastIndex = at;
    const found = word.exec(line);
    if (!found || (word.lastIndex < line.length && line[word.lastIndex] !== " ")) return undefined;
    words.push(found[0]);
  }
  return words;
}

/** Base64 (RFC 4648 §4) without padding, `-` for no bytes. */
export function base64(value: Uint8Array): string {
  if (value.length === 0) return "-";
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64").replace(/=+$/, "");
}

export function bytesOfBase64(word: string): Uint8Array | undefined {
  if (word === "-") return new Uint8Array(0);
  const bare = word.replace(/={1,2}$/, "");
  if (!/^[A-Za-z\d+/]+$/.test(bare) || bare.length % 4 === 1) return undefined;
  return new Uint8Array(Buffer.from(bare, "base64"));
}

import { type CrossbarBoard, MhoError } from "#protocol";
import { serialTransport } from "../../serial.ts";
import { type FirmataOptions, firmataBoard } from "./firmata-board.ts";

/** Rate of StandardFirmata's line. */
const standardBaud = "57600";

/** The serial URL and the crossbar file of `firmata:/dev/ttyUSB0?file=crossbar.json&baud=57600`; URL_INVALID where it is none. */
export function firmataUrl(url: string): { readonly serial: string; readonly file: string } {
  const invalid = (why: string): MhoError => new MhoError("URL_INVALID", { url, why });
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "firmata:" || !parsed.pathname)
    throw invalid("it should read firmata:/dev/ttyUSB0?file=crossbar.json");
  const unknown = [...parsed.searchParams.keys()].find((name) => !["file", "baud"].includes(name));
  if (unknown !== undefined) throw invalid(`it takes file and baud, not ${unknown}`);
  const file = parsed.searchParams.get("file");
  if (!file) throw invalid("?file= must name the file that says how the crossbar is wired");
  return {
    serial: `serial:${parsed.pathname}?baud=${parsed.searchParams.get("baud") ?? standardBaud}`,
    file,
  };
}

/** Opens a `firmata:` URL. Rejects with what `firmataBoard` and opening a serial port reject with, or URL_INVALID. */
export async function openFirmata(url: string, options: FirmataOptions = {}): Promise<CrossbarBoard> {
  const { serial, file } = firmataUrl(url);
  return firmataBoard(await serialTransport(serial), file, options);
}

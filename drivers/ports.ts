import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";

/** A serial port that this machine has. Only the path is always known. */
export interface PortSeen {
  readonly path: string;
  /** Name under /dev/serial/by-id: stays the same when the board is plugged in elsewhere. */
  readonly id?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
}
export interface PortSources {
  /** Asks the system; serialport's `list` if not given. */
  readonly list?: () => Promise<readonly (Omit<PortSeen, "id"> & { readonly pnpId?: string | undefined })[]>;
  readonly dev?: string;
}

/**
 * The serial ports of this machine. On Linux serialport asks `udevadm` and rejects where that is not installed (bare
 * containers); then the names in /dev are taken. Ptys are never listed.
 */
export async function listPorts({ list = listed, dev = "/dev" }: PortSources = {}): Promise<PortSeen[]> {
  try {
    return (await list()).map(({ pnpId, ...port }) => ({ ...port, id: pnpId }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return portsIn(dev);
  }
}

async function listed() {
  const { SerialPort } = await import("serialport");
  return SerialPort.list();
}

async function portsIn(dev: string): Promise<PortSeen[]> {
  const byId = join(dev, "serial", "by-id");
  const ids = new Map<string, string>();
  for (const id of await namesIn(byId)) ids.set(await realpath(join(byId, id)), id);
  const names = (await namesIn(dev)).filter((name) => /^tty(ACM|USB)\d+$/.test(name));
  const paths = names.sort(byNumber).map((name) => join(dev, name));
  return Promise.all(paths.map(async (path) => ({ path, id: ids.get(await realpath(path)) })));
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}

import { type RP2040, USBCDC } from "rp2040js";
import type { Gathered } from "../machine.ts";

/** The bulk endpoint of the firmware's CDC device, both ways; boards/rp2040/usb-descriptors.c. */
const bulk = 2;
const packet = 64;
/** At full speed 19 packets fit into a frame of 1 ms (USB 2.0, table 5-9). */
const packetMicros = 1000 / 19;

/**
 * The host's end of the bus: enumerates the board as a serial port and carries its bytes, a packet each way at most as often
 * as the bus allows. rp2040js' own host answers a board that listens with empty packets; this one lets it wait, as a host does.
 */
export class UsbHost {
  readonly overruns = 0;
  /** Nanoseconds of board time at which the last bytes arrived. */
  heardAt = 0;
  readonly #mcu: RP2040;
  #arriving: Uint8Array[] = [];
  #listening = false;

  /** `sent` gets the bytes that arrive at the host. */
  constructor(mcu: RP2040, sent: Gathered) {
    this.#mcu = mcu;
    const usb = mcu.usbCtrl;
    usb.readDelayMicroseconds = usb.writeDelayMicroseconds = packetMicros;
    const port = new USBCDC(usb);
    port.onSerialData = (bytes) => {
      for (const byte of bytes) sent.push(byte);
    };
    const enumerating = usb.onEndpointRead;
    usb.onEndpointRead = (endpoint, size) => {
      if (endpoint !== bulk) return enumerating?.(endpoint, size);
      this.#listening = true;
      this.#give();
    };
  }

  get arriving(): number {
    return this.#arriving.reduce((sum, { length }) => sum + length, 0);
  }

  receive(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#arriving.push(bytes);
    this.#give();
  }

  /** What has not arrived yet, taken off the bus. */
  unheard(): Uint8Array[] {
    return this.#arriving.splice(0);
  }

  #give(): void {
    const [first] = this.#arriving;
    if (first === undefined || !this.#listening) return;
    this.#listening = false;
    this.heardAt = this.#mcu.clock.nanos;
    this.#mcu.usbCtrl.endpointReadDone(bulk, first.subarray(0, packet));
    if (first.length > packet) this.#arriving[0] = first.subarray(packet);
    else this.#arriving.shift();
  }
}

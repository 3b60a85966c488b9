import type { Board } from "johnny-five";
import { MhoError } from "#protocol";
import type { Arduino } from "./firmata.ts";
import { loaded } from "./packages.ts";
import type { PeripheralsFile } from "./peripherals-file.ts";
import { celsiusOf } from "./sensors.ts";

/** What is wired to the Arduino, in the bench's words. */
export interface Peripherals {
  supply(on: boolean): void;
  /** 0 … 1. */
  heater(power: number): void;
  status(lit: boolean): void;
  /** Asks where the stop stands; the answer comes as if it had changed. */
  askStop(): void;
  onStop(listener: (open: boolean) => void): void;
  /** Kelvin, each time the board has measured. */
  onTemperature(listener: (kelvin: number) => void): void;
}

/** johnny-five's view of a board, on our own Firmata. It throws what nobody listens to. */
async function fiveBoard(io: Arduino["io"]): Promise<{ five: typeof import("johnny-five"); board: Board }> {
  const { default: five } = await loaded("johnny-five", () => import("johnny-five"));
  const options = { io, repl: false, debug: false, sigint: false };
  const board = new five.Board(options);
  await new Promise<void>((resolve, reject) => {
    board.on("ready", resolve);
    board.on("error", reject);
  });
  return { five, board };
}

/** Throws BENCH_PIN_UNFIT where a pin cannot do what the file wants of it. */
function checkPins({ io }: Arduino, { supply, heater, status, stop, thermometer }: PeripheralsFile): void {
  const { OUTPUT, PWM, PULLUP, ANALOG } = io.MODES;
  const wanted: [pin: number | undefined, mode: number, use: string][] = [
    [supply.pin, OUTPUT, "drive the relay"],
    [heater?.pin, PWM, "dim the heater (no PWM)"],
    [status?.pin, OUTPUT, "light the status LED"],
    [stop.pin, PULLUP, "watch the stop (no pull-up)"],
    [io.analogPins[thermometer.analog] ?? -1, ANALOG, `read the thermometer at A${thermometer.analog}`],
  ];
  for (const [pin, mode, use] of wanted)
    if (pin !== undefined && !io.pins[pin]?.supportedModes.includes(mode))
      throw new MhoError("BENCH_PIN_UNFIT", { pin, use });
}

/** Sets the peripherals up: relay open, heater off, the LED dark. Rejects with BENCH_PIN_UNFIT, PACKAGE_MISSING. */
export async function peripherals(board: Arduino, file: PeripheralsFile): Promise<Peripherals> {
  checkPins(board, file);
  const { io } = board;
  const { five, board: ours } = await fiveBoard(io);
  const relay = new five.Relay({ pin: file.supply.pin, type: "NO", board: ours });
  io.pinMode(file.supply.pin, io.MODES.OUTPUT); // johnny-five leaves it to StandardFirmata, whose pins all are outputs
  relay.open();
  const heater = file.heater && new five.Led({ pin: file.heater.pin, board: ours });
  heater?.brightness(0);
  const lamp = file.status && new five.Led({ pin: file.status.pin, board: ours });
  lamp?.off();
  // Closed to ground it is low; an open contact, or a broken wire, is pulled up.
  const contact = new five.Switch({ pin: file.stop.pin, type: "NC", invert: true, board: ours } as never);
  io.pinMode(file.stop.pin, io.MODES.PULLUP);
  const { analog, sensor, reference } = file.thermometer;
  const toCelsius = (code: number): number => celsiusOf[sensor]((reference * code) / 1023);
  const thermometer = new five.Thermometer({ pin: `A${analog}`, toCelsius, board: ours });
  return {
    supply: (on) => void (on ? relay.close() : relay.open()),
    heater: (power) => void heater?.brightness(Math.round(255 * power)),
    status: (lit) => void (lit ? lamp?.on() : lamp?.off()),
    askStop: () => io.reportDigitalPin(file.stop.pin, 1),
    // The board's own word, not johnny-five's events: those come by a timer, and say again what was last heard.
    onStop: (listener) => void io.on(`digital-read-${file.stop.pin}`, () => listener(!contact.isClosed)),
    onTemperature: (listener) => void io.on(`analog-read-${analog}`, () => listener(thermometer.kelvin)),
  };
}

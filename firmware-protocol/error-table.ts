/** One row of the error table. `{name}` in a text is a fact that the thrower must give. */
export interface ErrorEntry {
  readonly says: string;
  readonly mend: string;
}

/**
 * Every error mho throws. Codes are never renamed once released; docs/errors.md lists them all, and a test compares.
 * Rows go by the stage that throws them, in the order of the way of the data.
 */
export const errorTable = {
  // numbers and files
  NOT_A_QUANTITY: {
    says: "{value} is no value in {unit}",
    mend: "Look for a division by zero or a missing value before this point.",
  },
  FILE_UNREADABLE: { says: "cannot read {path}: {why}", mend: "Check the path and its permissions." },
  FILE_UNWRITABLE: {
    says: "cannot write {path}: {why}; the file that was there before is untouched",
    mend: "Free some space or choose another place with -o, then run the command again.",
  },
  FILE_BROKEN: { says: "{path} is not a whole {kind} file: {why}", mend: "Fetch or export the file again." },
  FILE_KIND: {
    says: "{path} holds a {found}, not a {wanted}",
    mend: "Give the {wanted}; `mho inspect {path}` shows what this is.",
  },

  // model
  FORMAT_UNKNOWN: {
    says: "cannot tell what {path} is from its first bytes",
    mend: "Give a .pt, .pth, .safetensors, .npz or .mho file.",
  },
  PICKLE_REFUSED: {
    says: "{path} asks for {name}, which is not on the list of harmless names; nothing of it was run",
    mend: "Save plain tensors instead: torch.save(model.state_dict(), …) or safetensors.",
  },
  PICKLE_BROKEN: {
    says: "{path} breaks off or is malformed at byte {at}: {why}",
    mend: "Fetch or save the file again.",
  },
  NAMES_UNKNOWN: {
    says: "no known Bayesian layer naming fits the {count} tensors in {path}: {names}",
    mend: "Save the tensors under names that say what they are, `fc1.mu_weight` beside `fc1.rho_weight`; docs/import.md lists the names that are read.",
  },
  POSTERIOR_UNREAD: {
    says: "{path} holds {what}, which mho does not read: {why}",
    mend: "Save a mean and a standard deviation for each weight; docs/import.md shows how.",
  },
  STD_UNKNOWN: {
    says: "{key} may be a standard deviation or something that becomes one; {why}",
    mend: "Say which with --std softplus, --std exp, --std identity …",
  },
  WEIGHT_NOT_FINITE: {
    says: "{key} holds {count} values that are NaN or infinite",
    mend: "Train or export the model again.",
  },
  LABEL_INVALID: {
    says: "label {label} of item {item} is no class number from 0 to {last}",
    mend: "Give the labels that belong to this model's classes, in the order of its outputs.",
  },
  SHAPE_MISMATCH: {
    says: "{what} has shape {found}, but {wanted} is needed",
    mend: "Correct the arch file or the input; `mho inspect` shows the shapes.",
  },
  ARCH_INVALID: {
    says: "the arch file does not hold: {why}",
    mend: "See docs/import.md for the fields of arch.json.",
  },
  ARCH_NEEDED: {
    says: "{path} does not say how its layers are joined: {why}",
    mend: "Give --arch arch.json; docs/import.md has an example.",
  },

  // mapping
  BOARD_TOO_SMALL: {
    says: "the model wants {wanted} tiles of {rows}×{cols}; the board has {tiles}, which hold layers {fits}",
    mend: "Use a board with more tiles (`sim:?tiles={wanted}`), or a smaller model.",
  },
  MAP_INVALID: { says: "the conductance map does not hold: {why}", mend: "Make it again with `mho map`." },
  MAP_FOR_OTHER_BOARD: {
    says: "this map was made for {made}, but the board is {found}",
    mend: "Make a map for this board: `mho map MODEL --board URL`.",
  },

  // device physics
  OUT_OF_MODEL: {
    says: "{what} = {value} lies outside {range}, where the model was measured",
    mend: "Stay inside the range, or choose a profile measured there.",
  },
  PROFILE_INVALID: {
    says: "board profile {name} does not hold: {why}",
    mend: "Compare it with profiles/ideal.json.",
  },
  PROFILE_UNKNOWN: {
    says: "there is no board profile {name}; there are {known}",
    mend: "Choose one of these, or give the path of a profile file.",
  },

  CIRCUIT_INVALID: {
    says: "the circuit does not hold: {why}",
    mend: "Conductances and resistances are finite and not negative, and G is rows × cols; docs/line-resistance.md has an example.",
  },
  CIRCUIT_UNSOLVED: {
    says: "after {steps} steps currents hold to {error} of the largest; {tolerance} was asked",
    mend: "Look for line resistances or conductances that are wrong by orders of magnitude, or allow a larger tolerance.",
  },
  THREADS_ENDED: {
    says: "the kernel threads ended before they had answered",
    mend: "Wait for the answers before the pool is disposed.",
  },

  // boards and their links
  NO_DRIVER: {
    says: "no driver for {url}",
    mend: "Use sim:, tcp://host:port or serial:/dev/ttyACM0; `mho board --help` shows examples.",
  },
  URL_INVALID: {
    says: "the board URL {url} does not hold: {why}",
    mend: "`mho board --help` shows examples.",
  },
  EMULATOR_MISSING: {
    says: "the emulator {name} is not installed",
    mend: "Install it beside mho: `npm install {name}`.",
  },
  FIRMWARE_UNBUILT: {
    says: "the firmware for {board} was not built: {why}",
    mend: "Install make and the board's compiler (Debian: make, for AVR gcc-avr avr-libc binutils-avr, for ARM gcc-arm-none-eabi libnewlib-arm-none-eabi).",
  },
  EMULATED_ABSENT: {
    says: "the emulated board {url} did not start: {why}",
    mend: "Run it by hand to see what it says: `node dist/hil/emulators/serve.js {url}` in mho's folder.",
  },
  BOARD_ABSENT: {
    says: "there is no board at {url}: {why}",
    mend: "Check the cable and the name; `ls /dev/serial/by-id` shows the ports that are there. At tcp:, see that its program runs.",
  },
  BOARD_BUSY: {
    says: "{url} is in use by another program",
    mend: "Close the other program (a serial monitor, another mho) and try again.",
  },
  BOARD_FORBIDDEN: {
    says: "this user may not open {url}",
    mend: "Join the group that owns the port (`sudo usermod -aG dialout $USER` on Debian), then log in again.",
  },
  NOT_IN_WORKER: {
    says: "{url} cannot be opened in a worker thread",
    mend: "Open serial ports on the main thread or in a child process; a worker can use a tcp:// board.",
  },
  PTY_UNAVAILABLE: {
    says: "cannot make a pseudo-terminal: {why}",
    mend: "Install perl and stty (Debian: perl-base, coreutils), or serve the board with `mho sim --listen 127.0.0.1:7070`.",
  },
  ADDRESS_UNAVAILABLE: {
    says: "cannot listen on {address}: {why}",
    mend: "Choose another port, or 0 for any free one.",
  },
  BOARD_SILENT: {
    says: "the board at {url} did not answer {what} within {seconds} s",
    mend: "Check power and baud rate, then reset the board.",
  },
  PROTOCOL_MISMATCH: {
    says: "the board speaks protocol {board}, this mho {host}",
    mend: "Update the older side; the firmware and mho must be built from one message table.",
  },
  LINK_LOST: {
    says: "the link to {url} was lost while {doing}",
    mend: "Reconnect the board, then run again; `mho deploy --resume` goes on where it stopped.",
  },
  BOARD_REBOOTED: {
    says: "the board restarted while {doing}: what its cells hold is unknown",
    mend: "Run `mho deploy --resume`: it reads back what it had programmed and mends it.",
  },
  BOARD_REFUSED: {
    says: "the board refused {request}: {why}",
    mend: "Keep within the limits that `mho board` shows.",
  },
  WIRE_RANGE: {
    says: "{field} = {value} does not fit the wire ({min} to {max})",
    mend: "Keep the value within the limits in the board's descriptor.",
  },
  WIRE_BROKEN: {
    says: "a {message} message does not hold: {why}",
    mend: "Update both sides to one protocol version; if it goes on, check the cable.",
  },
  CAPABILITY_MISSING: {
    says: "the board cannot {what}",
    mend: "Use a board whose `mho board` lists that capability.",
  },
  RECORDING_STOPPED: {
    says: "{path} keeps only the first {kept} bytes of this session: {why}",
    mend: "Free some space and record again; `mho inspect {path}` shows what was kept.",
  },
  NOT_RECORDED: {
    says: "{path} holds no answer to {request}: {why}",
    mend: "A replay answers only what was asked when it was made: record this command anew with `mho record`.",
  },

  // benches
  BENCH_BOARD_ABSENT: {
    says: "board {uid} of the bench is not there: {found}",
    mend: "Plug it in, or put its uid (`mho board`) and its ports into the bench file.",
  },
  WEAR_SPENT: {
    says: "{doing} would go beyond the {budget} pulses of the bench's budget",
    mend: "Raise `limits.pulses` in the bench file if the cells can bear it.",
  },
  BENCH_TOO_HOT: {
    says: "the board has {temperature} K, more than {hottest} K; it is idle now",
    mend: "Let it cool down, and look at its supply and its fan.",
  },

  BENCH_FILE_INVALID: {
    says: "the {kind} file {path} does not hold: {why}",
    mend: "Compare it with the example in docs/bench-peripherals.md.",
  },
  BENCH_PIN_UNFIT: {
    says: "pin {pin} of the Arduino cannot {use}",
    mend: "Wire it to a pin that can, and say so in the bench's file; docs/bench-peripherals.md lists them.",
  },
  INTERLOCK_TRIPPED: {
    says: "the interlock keeps supply and heater off: {causes}",
    mend: "Take away what tripped it (close the stop, let the bench cool down, look at the thermometer's wire), then reset it deliberately.",
  },
  PACKAGE_MISSING: {
    says: "the package {name} is not installed",
    mend: "Install it beside mho: `npm install {name}`.",
  },

  // deploy and run
  CELLS_NOT_SETTLED: {
    says: "{count} of {total} cells stayed outside ± {tolerance} µS",
    mend: "Look at them with `mho inspect`; widen --tolerance, or allow more pulses with --max-pulses.",
  },
  JOURNAL_OF_OTHER: {
    says: "{path} remembers another deployment: its {what} is {found}, not {wanted}",
    mend: "Deploy without --resume to begin anew, or give the map and board that it belongs to.",
  },
  NOT_DEPLOYED: { says: "the board does not hold this map", mend: "Run `mho deploy MAP --board URL` first." },
  CANCELLED: {
    says: "stopped while {doing}; the board is idle",
    mend: "Run the same command again, deploy with --resume.",
  },
  TRAINING_STOPPED: {
    says: "training was stopped in epoch {epoch} of {epochs}; no model was made",
    mend: "Run it again; fewer --epochs are quicker.",
  },
  TRAINING_DIVERGED: {
    says: "the loss became {loss} in epoch {epoch} of {epochs}; no model was made",
    mend: "Try a smaller --learning-rate, and look at the scale of the inputs.",
  },
  COMMAND_INVALID: {
    says: "the command line does not hold: {why}",
    mend: "`mho --help` lists the commands, COMMAND --help its options.",
  },
  OUTPUT_UNWRITABLE: {
    says: "cannot write the result to stdout: {why}",
    mend: "Free some space or send the output elsewhere.",
  },
  OUT_OF_MEMORY: {
    says: "this wants more memory than there is: {why}",
    mend: "Ask for fewer samples, inputs or neurons at a time.",
  },
  OPTION_INVALID: { says: "{option} {value} does not hold: {why}", mend: "See --help." },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

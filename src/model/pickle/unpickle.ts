import { MhoError } from "#protocol";
import { reason } from "../../datasets/index.ts";
import type { Cursor } from "./cursor.ts";
import { build, isA, isHarmless, type PickleValue, type Storage, storage } from "./objects.ts";

/** The state of the pickle machine: a stack with marks in it, and a memo of what may be named again. */
interface Machine {
  readonly cursor: Cursor;
  readonly stack: PickleValue[];
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
  /** Told of every storage that the pickle names. */
  readonly onStorage: (storage: Storage) => void;
}
type Pair = [PickleValue, PickleValue];
type Step = (machine: Machine) => void;

const newestProtocol = 5;
const stopCode = ".".charCodeAt(0);

/**
 * Reads one pickle (protocols 0 to 5) and leaves the cursor after it. It never runs anything: a name is only compared with
 * the list of harmless names, and what "calling" one means is written in objects.ts. Memory and time are linear in the file.
 * Source: CPython's pickletools (opcode list). Errors: PICKLE_REFUSED with the name, PICKLE_BROKEN with the byte.
 */
export function unpickle(
  cursor: Cursor,
  onStorage: (storage: Storage) => void = () => undefined,
): PickleValue {
  const machine: Machine = { cursor, stack: [], marks: [], memo: new Map(), onStorage };
  for (;;) {
    const at = cursor.at;
    const code = cursor.u8();
    if (code === stopCode) return pop(machine);
    const step = steps.get(code);
    if (step === undefined) {
      cursor.at = at;
      throw cursor.fault(`0x${code.toString(16).padStart(2, "0")} is no pickle instruction that is read`);
    }
    step(machine);
  }
}

const floor = ({ marks }: Machine): number => marks[marks.length - 1] ?? 0;

function top(machine: Machine): PickleValue {
  if (machine.stack.length <= floor(machine))
    throw machine.cursor.fault("it takes more from its stack than it put there");
  return machine.stack[machine.stack.length - 1]!;
}

function pop(machine: Machine): PickleValue {
  const value = top(machine);
  machine.stack.pop();
  return value;
}

/** The last two values, in the order they were put. */
function popPair(machine: Machine): Pair {
  const second = pop(machine);
  return [pop(machine), second];
}

/** Everything above the newest mark, which goes too. */
function popToMark(machine: Machine): PickleValue[] {
  const mark = machine.marks.pop();
  if (mark === undefined) throw machine.cursor.fault("a mark is missing");
  return machine.stack.splice(mark);
}

const push =
  (value: (cursor: Cursor) => PickleValue): Step =>
  (m) =>
    void m.stack.push(value(m.cursor));

/** The last `count` values as a tuple. */
const tuple =
  (count: number): Step =>
  (m) => {
    const items = Array.from({ length: count }, () => pop(m)).reverse();
    m.stack.push(items);
  };

/** Runs what objects.ts says, and gives its complaint the place in the file. */
function placed<T>(cursor: Cursor, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw cursor.fault(reason(cause));
  }
}

function global(m: Machine, [module, name]: Pair): void {
  const full = `${String(module)}.${String(name)}`;
  if (typeof module !== "string" || typeof name !== "string" || !isHarmless(full)) {
    throw new MhoError("PICKLE_REFUSED", {
      path: m.cursor.path,
      name: full.replace(/[^\x20-\x7e]/g, "?").slice(0, 200),
    });
  }
  m.stack.push({ is: "global", name: full });
}

function call(m: Machine, [callee, args]: Pair): void {
  if (!isA(callee, "global") || !Array.isArray(args))
    throw m.cursor.fault("it calls something that is no name");
  m.stack.push(placed(m.cursor, () => build(callee.name, args)));
}

/** INST: a name, and its arguments down to the mark. */
function instance(m: Machine): void {
  global(m, [m.cursor.line(), m.cursor.line()]);
  const callee = pop(m);
  call(m, [callee, popToMark(m)]);
}

function append(m: Machine, items: readonly PickleValue[]): void {
  const list = top(m);
  if (!Array.isArray(list)) throw m.cursor.fault("it appends to something that is no list");
  for (const item of items) list.push(item);
}

function setItems(m: Machine, items: readonly PickleValue[]): void {
  const dict = top(m);
  if (!(dict instanceof Map)) throw m.cursor.fault("it sets an item of something that is no dict");
  fill(m, dict, items);
}

function fill(
  m: Machine,
  dict: Map<PickleValue, PickleValue>,
  items: readonly PickleValue[],
): Map<PickleValue, PickleValue> {
  if (items.length % 2 !== 0) throw m.cursor.fault("a key has no value");
  for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
  return dict;
}

/** Attributes are kept for inert objects; those of a dict or a tensor (`_metadata`, hooks) say nothing about weights. */
function setState(m: Machine): void {
  const state = pop(m);
  const object = top(m);
  if (isA(object, "inert") && state instanceof Map)
    for (const [key, value] of state) object.attributes.set(key, value);
  else if (!(object instanceof Map) && !isA(object, "tensor") && !isA(object, "inert")) {
    throw m.cursor.fault("it sets the state of something that has none");
  }
}

function pushStorage(m: Machine): void {
  const id = pop(m);
  const found = placed(m.cursor, () => storage(id));
  m.onStorage(found);
  m.stack.push(found);
}

function recall(m: Machine, index: number): void {
  const value = m.memo.get(index);
  if (value === undefined) throw m.cursor.fault(`it names memo ${index}, which was never kept`);
  m.stack.push(value);
}

function checkProtocol({ cursor }: Machine): void {
  const protocol = cursor.u8();
  if (protocol > newestProtocol)
    throw cursor.fault(`pickle protocol ${protocol} is newer than ${newestProtocol}`);
}

/** POP takes a mark where one is on top. */
function drop(m: Machine): void {
  if (m.marks.length > 0 && m.stack.length === floor(m)) m.marks.pop();
  else pop(m);
}

/** A number written as text, as protocol 0 does. */
function decimal(cursor: Cursor): number {
  const text = cursor.line().replace(/L$/, "");
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) throw cursor.fault("a number is no number");
  return value;
}

const keep = (m: Machine, index: number): void => void m.memo.set(index, top(m));
const listOf: Step = (m) => void m.stack.push(popToMark(m));

const steps: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80, checkProtocol],
  [0x95, (m) => void m.cursor.u64()], // FRAME: a hint for readers that stream
  [0x28, (m) => void m.marks.push(m.stack.length)],
  [0x30, drop],
  [0x31, (m) => void popToMark(m)],
  [0x32, (m) => void m.stack.push(top(m))],
  // constants and numbers
  [0x4e, push(() => null)],
  [0x88, push(() => true)],
  [0x89, push(() => false)],
  [0x4a, push((c) => c.i32())],
  [0x4b, push((c) => c.u8())],
  [0x4d, push((c) => c.u16())],
  [0x8a, push((c) => c.long(c.u8()))],
  [0x47, push((c) => c.f64())],
  [0x49, push(decimal)],
  [0x4c, push(decimal)],
  [0x46, push(decimal)],
  // text and bytes
  [0x58, push((c) => c.utf8(c.u32()))],
  [0x8c, push((c) => c.utf8(c.u8()))],
  [0x8d, push((c) => c.utf8(c.u64()))],
  [0x54, push((c) => c.latin1(c.u32()))],
  [0x55, push((c) => c.latin1(c.u8()))],
  [0x53, push((c) => c.line().replace(/^(['"])(.*)\1$/, "$2"))],
  [0x56, push((c) => c.line())],
  [0x42, push((c) => c.bytes(c.u32()))],
  [0x43, push((c) => c.bytes(c.u8()))],
  [0x8e, push((c) => c.bytes(c.u64()))],
  // collections
  [0x29, push(() => [])],
  [0x5d, push(() => [])],
  [0x8f, push(() => [])],
  [0x7d, push(() => new Map())],
  [0x74, listOf],
  [0x6c, listOf],
  [0x91, listOf],
  [0x85, tuple(1)],
  [0x86, tuple(2)],
  [0x87, tuple(3)],
  [0x64, (m) => void m.stack.push(fill(m, new Map(), popToMark(m)))],
  [0x61, (m) => append(m, [pop(m)])],
  [0x65, (m) => append(m, popToMark(m))],
  [0x90, (m) => append(m, popToMark(m))],
  [0x73, (m) => setItems(m, popPair(m))],
  [0x75, (m) => setItems(m, popToMark(m))],
  // memo
  [0x71, (m) => keep(m, m.cursor.u8())],
  [0x72, (m) => keep(m, m.cursor.u32())],
  [0x70, (m) => keep(m, decimal(m.cursor))],
  [0x94, (m) => keep(m, m.memo.size)],
  [0x68, (m) => recall(m, m.cursor.u8())],
  [0x6a, (m) => recall(m, m.cursor.u32())],
  [0x67, (m) => recall(m, decimal(m.cursor))],
  // names, calls, state
  [0x63, (m) => global(m, [m.cursor.line(), m.cursor.line()])],
  [0x93, (m) => global(m, popPair(m))],
  [0x69, instance],
  [0x52, (m) => call(m, popPair(m))],
  [0x81, (m) => call(m, popPair(m))],
  [0x62, setState],
  [0x51, pushStorage],
]);

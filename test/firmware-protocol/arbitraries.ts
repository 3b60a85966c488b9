import fc from "fast-check";
import { type Field, fieldsOf, type MessageName, messages, type Side } from "#protocol";

const integers: Readonly<Record<string, readonly [number, number]>> = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffff_ffff],
  i16: [-0x8000, 0x7fff],
  u64: [0, Number.MAX_SAFE_INTEGER],
};
const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));

/** Any value that a field can hold, by its name in PROTOCOL.md. */
function anyOf(wire: string): fc.Arbitrary<unknown> {
  const range = integers[wire];
  if (range) return wire === "u64" ? fc.maxSafeNat() : fc.integer({ min: range[0], max: range[1] });
  if (wire === "f32") return fc.float({ noNaN: true, noDefaultInfinity: true });
  if (wire === "bytes") return fc.uint8Array({ maxLength: 60 });
  const inner = /^list\((\w+)\)$/.exec(wire)?.[1];
  if (inner) return fc.array(anyOf(inner), { maxLength: 40 });
  const max = Number(/^text\((\d+)\)$/.exec(wire)![1]);
  return fc.array(printable, { maxLength: max }).map((letters) => letters.join(""));
}

const valuesOf = (
  fields: readonly (readonly [string, Field<unknown>])[],
): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(fields.map(([field, { wire }]) => [field, anyOf(wire)])), {
    noNullPrototype: true,
  });

export interface AnyMessage {
  readonly name: MessageName;
  readonly side: Side;
  readonly values: Record<string, unknown>;
}

/** Any message that may travel: requests, replies, events, with any values that their fields can hold. */
export const anyMessage: fc.Arbitrary<AnyMessage> = fc.oneof(
  ...(Object.keys(messages) as MessageName[]).flatMap((name) => {
    const sides: Side[] = messages[name].repeat === "event" ? ["reply"] : ["request", "reply"];
    return sides.map((side) => valuesOf(fieldsOf(name, side)).map((values) => ({ name, side, values })));
  }),
);

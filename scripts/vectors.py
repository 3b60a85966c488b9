#!/usr/bin/env python3
"""Golden vectors of the wire, made without mho's codec: python3 scripts/vectors.py

Writes firmware-protocol/vectors/*.json, which the TypeScript tests (and later the C tests) read both ways. Everything
here is written a second time on purpose: the message table, COBS, CRC-32C bit by bit, packing through Python integers,
the text lines. Standard library only.
"""
import base64
import json
import pathlib
import struct
import sys

TABLE = """\
hello 1 query (major:u8 minor:u8 tableHash:u32) (major:u8 minor:u8 tableHash:u32 bootId:u32 uid:text(32) firmware:text(32) source:u8 profile:text(32) capabilities:u32 tiles:u16 rows:u16 cols:u16 dacMin:i16 dacMax:i16 dacLsb:f32 adcBits:u8 adcRanges:list(f32) conductanceLsb:f32 conductanceMin:i16 conductanceMax:i16 readVoltageMax:f32 pulseVoltageMax:f32 pulseWidthMax:f32 maxFrame:u16 window:u8 tickHz:u32 watchdogMs:u32)
ping 2 query (token:u32) (token:u32 ticks:u64)
sense 3 query () (temperature:f32 supply:f32 ticks:u64 pulses:u64 readOuts:u64 idle:u8)
idle 4 query () (ticks:u64)
abort 5 query () ()
nextError 6 change () (code:u8 facts:text(96) left:u8)
linkFigures 7 query () (framesIn:u32 framesOut:u32 bytesIn:u64 bytesOut:u64 crcErrors:u32 discarded:u32 duplicates:u32)
textMode 8 query () ()
program 16 change (tile:u16 row:u16 col:u16 rows:u16 cols:u16 tolerance:i16 maxPulses:u16 targets:list(i16)) (outcomes:bytes pulses:list(u16) conductances:list(i16))
pulse 17 change (tile:u16 row:u16 col:u16 polarity:u8 amplitude:f32 width:f32) (pulses:u64)
readCells 18 query (tile:u16 row:u16 col:u16 rows:u16 cols:u16 repeats:u16) (conductances:list(i16))
readOut 19 stream (tile:u16 row:u16 col:u16 rows:u16 cols:u16 range:u8 vectors:u16 repeats:u16 firstSample:u32 zeros:u8 inputs:bytes chunks:list(u16)) (chunks:u16 crc:u32 saturated:u32 ticks:u64)
readMoments 20 stream (tile:u16 row:u16 col:u16 rows:u16 cols:u16 range:u8 vectors:u16 repeats:u16 firstSample:u32 zeros:u8 inputs:bytes chunks:list(u16)) (chunks:u16 crc:u32 saturated:u32 ticks:u64)
storePlan 21 change (size:u32 at:u32 piece:bytes) (stored:u32)
plan 22 query () (size:u32 crc:u32 room:u32)
forward 23 stream (plan:u32 items:u16 samples:u16 firstItem:u32 seed:u32 inputs:bytes chunks:list(u16)) (chunks:u16 crc:u32 saturated:u32 ticks:u64 clipped:u32 short:u32)
chunk 64 event () (chunk:u16 ticks:u64 items:bytes)
progress 65 event () (done:u32 total:u32 pulses:u64)
log 66 event () (line:text(200))
refused 127 event () (code:u8 facts:text(96))
"""
REFUSALS = ["none", "unknownMessage", "malformed", "outOfArray", "overLimit", "busy", "aborted", "hardware", "overflow", "noSession", "noPlan"]
SCALARS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "i16": "h", "f32": "f"}

# Values for one frame of each message and side, in the order of the fields.
SAMPLES = {
    ("hello", "request"): [1, 0, None],
    ("hello", "reply"): [1, 0, None, 0xC0FFEE01, "sim-0007", "mho-sim 0.1", 0, "hfox-tsinghua", 0b111111, 8, 128, 128, -128, 127,
                         0.0015625, 12, [0.0001, 0.0005], 1e-08, 200, 20000, 0.3, 3.5, 1e-07, 2080, 4, 1000000, 2000],
    ("ping", "request"): [305419896],
    ("ping", "reply"): [305419896, 2**53 - 1],
    ("sense", "request"): [],
    ("sense", "reply"): [300.15, 5.02, 123456789012, 41, 1000, 0],
    ("idle", "request"): [],
    ("idle", "reply"): [77],
    ("abort", "request"): [],
    ("abort", "reply"): [],
    ("nextError", "request"): [],
    ("nextError", "reply"): [7, 'tile 3 "hot": 81 C', 2],
    ("linkFigures", "request"): [],
    ("linkFigures", "reply"): [100, 99, 20480, 1048576, 1, 17, 2],
    ("textMode", "request"): [],
    ("textMode", "reply"): [],
    ("program", "request"): [0, 2, 5, 2, 3, 50, 40, [0, 5000, -1, 32767, -32768, 256]],
    ("program", "reply"): [bytes([0, 0, 1, 2, 3, 0]), [0, 12, 40, 40, 0, 65535], [3, 4988, 0, 20000, -32768, 255]],
    ("pulse", "request"): [1, 127, 0, 1, 1.5, 1e-07],
    ("pulse", "reply"): [42],
    ("readCells", "request"): [0, 3, 7, 1, 1, 1],
    ("readCells", "reply"): [[5012]],
    ("readOut", "request"): [0, 0, 0, 3, 5, 1, 2, 10, 4000, 0, bytes.fromhex("807f00ff0180"), []],
    ("readOut", "reply"): [4, 0x89ABCDEF, 3, 65536],
    ("readMoments", "request"): [7, 1, 2, 3, 5, 0, 1, 1000, 4294967295, 16, bytes.fromhex("807f01"), [1, 0]],
    ("readMoments", "reply"): [2, 1, 0, 65537],
    ("storePlan", "request"): [105000, 2048, bytes.fromhex("01020a00")],
    ("storePlan", "reply"): [2052],
    ("plan", "request"): [],
    ("plan", "reply"): [2052, 0xDEADBEEF, 131072],
    ("forward", "request"): [0xDEADBEEF, 2, 100, 4999, 7, bytes.fromhex("05807f00"), []],
    ("forward", "reply"): [12, 0x01234567, 3, 2**52, 70000, 9],
    ("chunk", "reply"): [3, 70000, bytes.fromhex("00f87fff0f01")],
    ("progress", "reply"): [128, 16384, 901],
    ("log", "reply"): ["booted, 8 tiles found"],
    ("refused", "reply"): [3, "row=300"],
}


def crc32c(data: bytes, seed: int = 0) -> int:
    crc = seed ^ 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def cobs(data: bytes) -> bytes:
    """Stuffing by the definition: pieces between zeros, in blocks of at most 254 bytes."""
    out = bytearray()
    pieces = data.split(b"\0")
    for n, piece in enumerate(pieces):
        while len(piece) >= 254:
            out += b"\xff" + piece[:254]
            piece = piece[254:]
            if not piece and n == len(pieces) - 1:
                return bytes(out)
        out += bytes([len(piece) + 1]) + piece
    return bytes(out)


def shape(text: str) -> list:
    return [tuple(field.split(":")) for field in text.split()]


def parse_table() -> dict:
    table = {}
    for line in TABLE.splitlines():
        head, request, reply = line.replace(") (", "|", 1).replace(" (", "|", 1)[:-1].split("|")
        name, number, repeat = head.split()
        table[name] = {"id": int(number), "repeat": repeat, "request": shape(request), "reply": shape(reply)}
    return table


TABLE_HASH = crc32c(TABLE.encode())
MESSAGES = parse_table()


def payload_of(kind: str, value) -> bytes:
    if kind in SCALARS:
        return struct.pack("<" + SCALARS[kind], value)
    if kind.startswith("text"):
        return bytes([len(value)]) + value.encode("ascii")
    if kind == "bytes":
        return struct.pack("<H", len(value)) + value
    inner = kind[5:-1]
    return struct.pack("<H", len(value)) + b"".join(payload_of(inner, v) for v in value)


def word_of(kind: str, value) -> str:
    """As text mode writes it. The floats above are chosen so that repr is the shortest single too."""
    if kind == "f32":
        return repr(value).replace("e-0", "e-").removesuffix(".0")
    if kind in SCALARS:
        return str(value)
    if kind.startswith("text"):
        plain = value and all(c.isalnum() or c in "_./:+-" for c in value)
        return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if kind == "bytes":
        return base64.b64encode(value).decode().rstrip("=") or "-"
    return ",".join(word_of(kind[5:-1], v) for v in value) or "-"


def line_of(name: str, side: str, fields: list, values: list, seq: int) -> str:
    words = [word_of(kind, value) for (_, kind), value in zip(fields, values)]
    named = [f"{field}={word}" for (field, _), word in zip(fields, words)]
    if side == "request":
        body = " ".join([name, *words])
    elif name == "refused":
        body = f"error {REFUSALS[values[0]]} {values[1]}"
    else:
        body = " ".join(["event" if MESSAGES[name]["repeat"] == "event" else "ok", name, *named])
    body = f"#{seq} {body}"
    return f"{body} *{crc32c(body.encode()):08x}"


def frame_vector(index: int, name: str, side: str, values: list) -> dict:
    message = MESSAGES[name]
    fields = message[side]
    values = [TABLE_HASH if v is None else v for v in values]
    assert len(values) == len(fields), name
    payload = b"".join(payload_of(kind, value) for (_, kind), value in zip(fields, values))
    reply = side == "reply"
    last = reply and (message["repeat"] != "event" or name == "refused")
    header = {"id": message["id"] | (0x80 if reply else 0), "flags": 1 if last else 0, "seq": 0x0100 + index,
              "re": 0xFFFF if name == "log" else 0x2A00 + index, "credits": 512 * index}
    raw = struct.pack("<BBHHH", *header.values()) + payload
    seed = 0 if name == "hello" else TABLE_HASH
    raw += struct.pack("<I", crc32c(raw, seed))
    shown = {field: {"hex": v.hex()} if isinstance(v, bytes) else v for (field, _), v in zip(fields, values)}
    return {"name": name, "side": side, "values": shown, "payload": payload.hex(), "header": header,
            "wire": (cobs(raw) + b"\0").hex(), "line": line_of(name, side, fields, values, header["seq"])}


def packed(codes: list, bits: int) -> str:
    """One big integer, little-endian: the definition of the packing."""
    whole = sum((code & ((1 << bits) - 1)) << (i * bits) for i, code in enumerate(codes))
    return whole.to_bytes((len(codes) * bits + 7) // 8, "little").hex()


def code_vectors() -> list:
    vectors = []
    for bits in range(1, 17):
        low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
        codes = [low, high, 0, -1] + [low + (i * 40503 >> 3) % (high - low + 1) for i in range(13)]
        vectors += [{"bits": bits, "codes": c, "packed": packed(c, bits)} for c in (codes, codes[:5], [])]
    return vectors


def cobs_vectors() -> list:
    plain = [b"", b"\0", b"\0\0", b"\x11\x22\0\x33", b"\x11\0\0\0", bytes(range(1, 254)), bytes(range(1, 255)), bytes(range(0, 255)),
             bytes(range(1, 256)), bytes(range(2, 256)) + b"\0", bytes(range(3, 256)) + b"\0\x01", b"\x55" * 508, b"\x55" * 509]
    return [{"plain": p.hex(), "stuffed": cobs(p).hex()} for p in plain]


def main() -> None:
    frames = [frame_vector(i, name, side, values) for i, ((name, side), values) in enumerate(SAMPLES.items())]
    crcs = [{"hex": d.hex(), "crc": crc32c(d)} for d in (b"123456789", b"", b"\0" * 32, b"\xff" * 32, bytes(range(32)))]
    to = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "firmware-protocol" / "vectors")
    to.mkdir(parents=True, exist_ok=True)
    for file, content in {
        "frames": {"table": TABLE, "tableHash": TABLE_HASH, "frames": frames},
        "codes": code_vectors(),
        "cobs": cobs_vectors(),
        "crc": crcs,
    }.items():
        (to / f"{file}.json").write_text(json.dumps(content, indent=1) + "\n")


main()

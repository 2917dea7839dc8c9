import type { ErrorFields } from "./errors.js";

/** What the Worker sends: see web/wasm/internal/port/PROTOCOL.md. Bytes are views into the message. */
export type Value = null | boolean | number | bigint | string | Uint8Array | Value[] | { [name: string]: Value } | Error;

/** The fields of an error on the wire. question is the id of the question whose callback failed. */
export interface WireError extends ErrorFields {
  question?: number;
}

/** A byte order mark is part of a text, such as the name of a group. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** So many names of members are known: more than objects of ours have, and few enough for a look at all of them. */
const mostNames = 32;

/** Decodes a value at an offset of a message. toError makes an error of its fields. */
export function decode(message: ArrayBuffer, offset: number, toError: (fields: WireError) => Error): Value {
  const view = new DataView(message);
  let at = offset;

  const sized = () => {
    const length = view.getUint32(at);
    at += 4;
    if (length > view.byteLength - at) throw new RangeError("a value is longer than its message");
    at += length;
    return new Uint8Array(message, at - length, length);
  };
  const count = () => view.getUint32((at += 4) - 4);
  const names = new Names();
  const object = () => {
    const members: { [name: string]: Value } = {};
    for (let n = count(); n > 0; n--) {
      const name = names.decode(sized());
      if (name === "__proto__") Object.defineProperty(members, name, { value: value(), configurable: true, enumerable: true, writable: true });
      else members[name] = value();
    }
    return members;
  };
  const value = (): Value => {
    const tag = view.getUint8(at++);
    switch (tag) {
      case 0:
        return null;
      case 1:
      case 2:
        return tag === 2;
      case 3:
        return view.getFloat64((at += 8) - 8);
      case 4:
        return view.getBigInt64((at += 8) - 8);
      case 5:
        return utf8.decode(sized());
      case 6:
        return sized();
      case 7: {
        const list: Value[] = [];
        for (let n = count(); n > 0; n--) list.push(value());
        return list;
      }
      case 8:
        return object();
      case 9:
        at++; // the object's tag
        return toError(object() as unknown as WireError);
    }
    throw new RangeError(`a value has the tag ${tag}, which there isn't`);
  };

  const decoded = value();
  if (at !== message.byteLength) throw new RangeError(`${message.byteLength - at} bytes follow a value`);
  return decoded;
}

/** Decodes the names of members. The objects of a list have the same ones: to decode each anew takes longer than the rest. */
class Names {
  #known: { bytes: Uint8Array; name: string }[] = [];
  #next = 0; // most likely

  decode(bytes: Uint8Array): string {
    const known = this.#known;
    for (let i = 0; i < known.length; i++) {
      const likely = (this.#next + i) % known.length;
      const { bytes: b, name } = known[likely]!;
      if (!same(b, bytes)) continue;
      this.#next = likely + 1;
      return name;
    }
    const name = utf8.decode(bytes);
    if (known.length < mostNames) known.push({ bytes, name });
    return name;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

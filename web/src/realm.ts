// Values of the platform's classes may be of another realm, such as a frame's, whose classes are not ours.

/** The name of a value's class. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** Reports whether a value is a Uint8Array. Node's Buffer is one. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "Uint8Array";
}

/** Reports whether a value is an error of that name. */
export function isErrorNamed(value: unknown, name: string): boolean {
  return ["Error", "DOMException"].includes(tagOf(value)) && (value as Error).name === name;
}

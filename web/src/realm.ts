// Values of the platform's classes may be of another realm, such as a frame's, whose classes are not ours.

/** The name of a value's class. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** Returns the name of a typed array's class, whatever name it says it has; undefined for other values. */
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

/** Reports whether a value is a Uint8Array. Node's Buffer is one. */
export function isBytes(value: unknown): value is Uint8Array {
  return typedArrayName.call(value) === "Uint8Array";
}

/** Reports whether a value is an AbortSignal, with all that is used of one. */
export function isSignal(value: unknown): value is AbortSignal {
  return tagOf(value) === "AbortSignal" && has(value, { aborted: "boolean", addEventListener: "function", removeEventListener: "function" });
}

/** Reports whether a value is a URL. */
export function isURL(value: unknown): value is URL {
  return tagOf(value) === "URL" && has(value, { href: "string" });
}

/** Reports whether a value has members of these types. What only has its class's prototype throws when they are read. */
function has(value: unknown, types: Record<string, string>): boolean {
  try {
    return Object.entries(types).every(([name, type]) => typeof (value as Record<string, unknown>)[name] === type);
  } catch {
    return false;
  }
}

/** Reports whether a value is an error of that name. */
export function isErrorNamed(value: unknown, name: string): boolean {
  return ["Error", "DOMException"].includes(tagOf(value)) && (value as Error).name === name;
}

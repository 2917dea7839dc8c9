// Bytes that a user types. bytes.ts shows those that are there.

/** The bytes of a text such as "00 ff" or "00ff"; undefined if it is none. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** The bytes of a text in base64, with padding or without; undefined if it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** How the lines of a text end, if all end the same way: what a text field makes \n can then be restored. */
export function lineEnd(text: string): "\n" | "\r\n" | undefined {
  if (!text.includes("\r")) return "\n";
  return /\r(?!\n)|(?<!\r)\n/.test(text) ? undefined : "\r\n";
}

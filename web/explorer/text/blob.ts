/** How long parts are put together before others get their turn, in milliseconds. */
const turn = 12;

/** How many bytes are put together before they go to a Blob, which may leave memory for the disk. */
const chunk = 4 << 20;

/** Puts parts together as they come, in turns that leave the page responsive. */
export async function blobOf(parts: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>, type: string): Promise<Blob> {
  const done: Blob[] = [];
  let open: (Uint8Array | string)[] = [];
  let size = 0;
  let since = performance.now();
  for await (const part of parts) {
    open.push(part);
    size += part.length;
    if (size >= chunk) {
      done.push(new Blob(open as BlobPart[]));
      open = [];
      size = 0;
    }
    if (performance.now() - since < turn) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
  return new Blob([...done, ...(open as BlobPart[])], { type });
}

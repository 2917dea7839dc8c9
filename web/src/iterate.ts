const done = { done: true, value: undefined } as const;

/**
 * Iterates over what body yields. return() doesn't wait for a next() that waits, as a generator's own would: it
 * resolves left, for body to end, and awaits leave.
 */
export function iterate<T>(body: (left: Promise<void>) => AsyncGenerator<T, void, undefined>, leave?: () => Promise<void>): AsyncGenerator<T, void, undefined> {
  let resolve!: () => void;
  const items = body(new Promise((r) => (resolve = r)));
  const end = async () => {
    resolve();
    await leave?.();
    await items.return();
  };
  return {
    next: () => items.next(),
    return: async () => {
      await end();
      return done;
    },
    throw: async (error: unknown) => {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: end,
  };
}

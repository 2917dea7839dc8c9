import type { Calls, CallOptions } from "./calls.js";
import type { Value } from "./value.js";

/**
 * Iterates over the items of a call, which has credit for as many as that are taken later. Leaving the loop
 * cancels the call. What ends the call with an error throws after the items that came before.
 */
export async function* items(calls: Calls, method: string, options: object, o: CallOptions & { items: number }): AsyncGenerator<Value, Value, undefined> {
  const queue: Value[] = [];
  let wake = () => {};
  const call = calls.start(method, options, {
    ...o,
    onItem: (item) => {
      queue.push(item);
      wake();
    },
  });
  call.result.then(
    () => wake(),
    () => wake(),
  );
  try {
    for (;;) {
      if (queue.length > 0) {
        const item = queue.shift()!;
        call.grant(1);
        yield item;
      } else if (call.ended) {
        return await call.result;
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  } finally {
    call.cancel();
  }
}

import type { Calls, CallOptions } from "./calls.js";
import type { Value } from "./value.js";

/**
 * Iterates over the items of a call, which has credit for as many as that are taken later. Leaving the loop
 * cancels the call, and so does left, which ends the iteration while it waits. What ends the call with an error
 * throws after the items that came before.
 */
export async function* items(calls: Calls, method: string, options: object, o: CallOptions & { items: number; left: Promise<void> }): AsyncGenerator<Value, void, undefined> {
  const queue: Value[] = [];
  let wake = () => {};
  let isLeft = false;
  void o.left.then(() => {
    isLeft = true;
    wake();
  });
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
      if (isLeft) {
        return;
      } else if (queue.length > 0) {
        const item = queue.shift()!;
        call.grant(1);
        yield item;
      } else if (call.ended) {
        await call.result;
        return;
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  } finally {
    call.cancel();
  }
}

import { equal, text, type Brokers, type World } from "./harness.js";
import { Places } from "./places.js";
import { withKafka } from "./stack.js";
import { topicOf } from "./topics.js";

/** How long the page is hidden, in milliseconds. A member that is silent for 45 s has lost its membership. */
const hiddenFor = 150_000;

/** Runs a member of a group in a page that is hidden, and returns an exit code. */
export async function runHidden(on: Brokers, write: (text: string) => void): Promise<number> {
  try {
    const origin = await new Places(location.origin).find(on);
    if (typeof origin !== "string") throw new Error(origin.missing);
    await hidden({ origin }, write);
    return 0;
  } catch (error) {
    write(`${String(error)}\n${text(error)}\n`);
    return 1;
  }
}

async function hidden(w: World, write: (text: string) => void): Promise<void> {
  const topic = await topicOf(w, "before");
  const id = `hidden.${Date.now()}`;
  await withKafka(w, {}, async (kafka) => {
    const told: string[] = [];
    const consumer = kafka.consume({
      topics: [topic.name],
      from: "earliest",
      group: { id, onAssigned: () => void told.push("assigned"), onRevoked: (_, lost) => void told.push(`revoked ${lost}`) },
    });
    const records = consumer.records();
    const next = async () => (await records.next()).value?.text();
    equal(await next(), "before");
    if (!window.open("/stack/setup")) throw new Error("no tab was opened");
    await until("hidden");
    const began = performance.now();
    let ticks = 0;
    while (performance.now() - began < hiddenFor) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      ticks++;
      equal(document.visibilityState, "hidden", "the page");
    }
    write(`the page was hidden for ${hiddenFor} ms, in which a timer of 100 ms ended ${ticks} times\n`);
    if (ticks > hiddenFor / 500) throw new Error("the page's timers weren't slowed down");
    equal(told, ["assigned"], "what the member was told");
    const group = await kafka.admin.group(id);
    equal([group.state, group.members], ["Stable", 1]);
    equal(group.offsets[0]?.committed ?? null, null, "what is committed, with the only record in hand,");
    await topic.write([{ value: "after" }]);
    equal(await next(), "after");
    await consumer.close();
    equal((await kafka.admin.group(id)).offsets[0]!.committed, 1n, "what is committed");
  });
}

async function until(state: DocumentVisibilityState): Promise<void> {
  const limit = performance.now() + 20_000;
  while (document.visibilityState !== state) {
    if (performance.now() > limit) throw new Error(`the page is ${document.visibilityState}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

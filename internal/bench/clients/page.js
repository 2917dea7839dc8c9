// The page that uses the npm package: it does what it is told, over HTTP.
import { connect } from "/kafkaio.js";
import { blocked } from "./blocked.js";
import { Meter } from "./meter.js";

let kafka;
let reading;
let readSoFar = 0;

const connected = async () => (kafka ??= await connect());

/** Looks at the records of a batch as any page would. */
function look({ records }) {
  let bytes = 0;
  for (const { value } of records) bytes += value.length;
  return bytes;
}

const functions = {
  /** Consumes so many records from the beginning. */
  async consume({ topic, records }) {
    const meter = new Meter(records);
    let bytes = 0;
    for await (const batch of (await connected()).consume({ topics: [topic], from: "earliest" })) {
      bytes += look(batch);
      if (meter.add(batch.records.length)) break;
    }
    return { rate: meter.rate, bytes };
  },

  /** Consumes from the beginning until so many records have come in all the calls of this. */
  async read({ topic, records }) {
    reading ??= (await connected()).consume({ topics: [topic], from: "earliest" })[Symbol.asyncIterator]();
    let bytes = 0;
    while (readSoFar < records) {
      const { value: batch } = await reading.next();
      bytes += look(batch);
      readSoFar += batch.records.length;
    }
    return { bytes };
  },

  /** Consumes what comes from now on, for a time. */
  async tail({ topic, ms }) {
    await connected();
    return blocked(async () => {
      let records = 0;
      const signal = AbortSignal.timeout(ms);
      const began = performance.now();
      try {
        for await (const batch of kafka.consume({ topics: [topic], signal })) {
          look(batch);
          records += batch.records.length;
        }
      } catch (error) {
        if (error.code !== "ERR_TIMEOUT") throw error;
      }
      return { rate: (records / (performance.now() - began)) * 1000 };
    });
  },

  /** Lists the topics so many times, by a bridge of their own. */
  async topics({ bridge, times }) {
    const other = await connect({ bridge });
    const listed = await blocked(async () => {
      let partitions = 0;
      for (let i = 0; i < times; i++) {
        partitions = (await other.admin.topics()).reduce((sum, topic) => sum + topic.partitions, 0);
      }
      return { partitions };
    });
    await other.close();
    return listed;
  },

  /** Does nothing for a time: what the machine itself lets the page wait. */
  idle({ ms }) {
    return blocked(() => new Promise((resolve) => setTimeout(resolve, ms, {})));
  },
};

export async function run() {
  for (let answer = ""; ; ) {
    const order = await (await fetch("/turn", { method: "POST", body: answer })).json();
    answer = JSON.stringify(await functions[order.do](order));
  }
}

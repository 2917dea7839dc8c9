import { Kafka, logLevel } from "kafkajs";
import { broker, newGroup, takeTurns, topic } from "./turns.js";

const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.ERROR });

await takeTurns(async (meter) => {
  const consumer = kafka.consumer({ groupId: newGroup() });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve, reject) => {
    let bytes = 0;
    let done = false;
    consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
    void consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        if (done) return;
        for (const { value } of batch.messages) bytes += value.length;
        done = meter.add(batch.messages.length);
        if (done) resolve(bytes);
      },
    });
  });
  await consumer.disconnect();
});

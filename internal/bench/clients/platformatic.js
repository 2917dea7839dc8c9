import { Consumer } from "@platformatic/kafka";
import { broker, newGroup, takeTurns, topic } from "./turns.js";

await takeTurns(async (meter) => {
  const consumer = new Consumer({ groupId: newGroup(), clientId: "bench", bootstrapBrokers: [broker] });
  const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false });
  await new Promise((resolve, reject) => {
    let bytes = 0;
    stream.on("error", reject);
    stream.on("data", ({ value }) => {
      bytes += value.length;
      if (meter.add(1)) resolve(bytes);
    });
  });
  await consumer.close(true);
});

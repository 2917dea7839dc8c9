// Creates a topic, produces one record, consumes it, and returns its text.
import { connect } from "kafkaio";

export async function hello({ topic, ...options }) {
  const kafka = await connect(options);
  await kafka.admin.createTopic({ name: topic });
  await kafka.produce({ topic, value: `from ${topic}` });
  for await (const record of kafka.consume({ topics: [topic], from: "earliest" }).records()) {
    await kafka.close();
    return record.text();
  }
}

// The program of each project: it creates a topic, produces one record, consumes it, and prints it.
import { connect } from "kafkaio";

async function main() {
  const { topic, ...options } = Object.fromEntries(new URLSearchParams(location.search));
  const kafka = await connect(options);
  await kafka.admin.createTopic({ name: topic });
  await kafka.produce({ topic, value: `from ${topic}` });
  for await (const record of kafka.consume({ topics: [topic], from: "earliest" }).records()) {
    await kafka.close();
    return record.text();
  }
}

main()
  .catch((error) => `${error.code}: ${error.message}`)
  .then((printed) => {
    document.body.textContent = printed;
    parent.postMessage(printed, "*");
  });

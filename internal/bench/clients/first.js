// A page that shows the first record of a topic.
import { connect } from "/kafkaio.js";

const kafka = await connect();
for await (const record of kafka.consume({ topics: ["first"], from: "earliest" }).records()) {
  document.querySelector("p").textContent = record.text();
  await new Promise(requestAnimationFrame);
  const shown = performance.now();
  const { tell } = await import("/clients/shown.js");
  await tell(shown);
  break;
}

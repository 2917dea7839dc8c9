// A page that shows the first record of a topic, tells when it did, and is loaded again.
import { connect } from "/kafkaio.js";

/** How long the page stays, in milliseconds: browsers keep what they have compiled only after a while. */
const stay = 2000;

const kafka = await connect();
for await (const record of kafka.consume({ topics: ["first"], from: "earliest" }).records()) {
  document.querySelector("p").textContent = record.text();
  await new Promise(requestAnimationFrame);
  const shown = performance.now();
  await new Promise((resolve) => setTimeout(resolve, stay));
  await fetch("/shown", { method: "POST", body: JSON.stringify({ shown }) });
  break;
}
location.reload();

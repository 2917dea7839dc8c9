// Put into the explorer's page: looks at each frame whether a message is shown.
import { tell } from "/clients/shown.js";

const path = ["kx-app", "kx-topic", "kx-messages", "kx-live-list", "[role=option]"];
const shown = () => path.reduce((found, selector) => (found?.shadowRoot ?? found)?.querySelector(selector), document);

while (!shown()) await new Promise(requestAnimationFrame);
await new Promise(requestAnimationFrame);
await tell(performance.now());

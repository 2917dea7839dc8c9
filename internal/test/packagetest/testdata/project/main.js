// The program of a page: it prints what hello returns, and tells the page that has it in a frame.
import { hello } from "./hello.js";

hello(Object.fromEntries(new URLSearchParams(location.search)))
  .catch((error) => `${error.code}: ${error.message}`)
  .then((printed) => {
    document.body.textContent = printed;
    parent.postMessage(printed, "*");
  });

// Opens pages one after the other, each in a frame, and reports what they print in the manner of Go's
// -test.v=test2json. pages is a list of {name, url, want}: what is printed contains want.
const patience = 60_000; // milliseconds

function printed(url) {
  const frame = document.createElement("iframe");
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`nothing within ${patience} ms`), patience);
    addEventListener("message", function came(event) {
      if (event.source !== frame.contentWindow) return;
      removeEventListener("message", came);
      clearTimeout(timer);
      frame.remove();
      resolve(event.data);
    });
    frame.src = url;
    document.body.append(frame);
  });
}

(async () => {
  let failed = 0;
  for (const { name, url, want } of pages) {
    kafkaioPage.write(`\x16=== RUN   ${name}\n`);
    const start = performance.now();
    const text = String(await printed(url));
    const passed = text.includes(want);
    if (!passed) failed++;
    kafkaioPage.write(`${url} printed: ${text}\n\x16--- ${passed ? "PASS" : "FAIL"}: ${name} (${((performance.now() - start) / 1000).toFixed(2)}s)\n`);
  }
  kafkaioPage.exit(failed > 0 ? 1 : 0);
})();

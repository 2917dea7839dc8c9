// The run's token outlives a reload in this tab's sessionStorage. A new tab, which was opened with a link that has no
// token, asks the other tabs of this origin.

const key = "kafkaio.token";
const channelName = "kafkaio.token";

/** How long other tabs may take, in milliseconds. */
const patience = 150;

export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(key, token);
  } catch {
    // It is forbidden: the token lasts as long as the page.
  }
}

export function keptToken(): string {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** Answers tabs that ask, with the token of a moment that works; empty: none does. */
export function shareToken(working: () => string): void {
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data === "ask" && working() !== "") channel.postMessage({ token: working() });
  });
}

/** Asks other tabs for a token that works; empty: no tab has one. */
export function askForToken(): Promise<string> {
  const channel = new BroadcastChannel(channelName);
  return new Promise<string>((resolve) => {
    setTimeout(() => resolve(""), patience);
    channel.addEventListener("message", ({ data }: MessageEvent<{ token?: unknown }>) => {
      if (typeof data.token === "string") resolve(data.token);
    });
    channel.postMessage("ask");
  }).finally(() => channel.close());
}

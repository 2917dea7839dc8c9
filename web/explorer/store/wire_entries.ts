import type { Frame } from "kafkaio";

/** A frame that is kept. peer is its request or its response, if that is kept, too. */
export interface Entry {
  /** Counts from 1, in the order in which frames came. */
  readonly id: number;
  readonly frame: Frame;
  peer: Entry | undefined;
  /** Whether its response may have passed without being kept. */
  missed: boolean;
}

/** What a frame costs beside its bytes, about. */
const overhead = 512;

/** How many bytes of memory and how many frames are kept. */
export interface Bounds {
  bytes: number;
  frames: number;
}

/** The latest frames, within bounds. Requests find their responses by connection and correlation id. */
export class Entries {
  /** Oldest first. */
  kept: Entry[] = [];
  bytes = 0;
  /** How many of the oldest were dropped to stay within the bounds. */
  evicted = 0;
  #last = 0;
  #unanswered = new Map<number, Map<number, Entry>>(); // by connection, then correlation id

  constructor(readonly bounds: Bounds) {}

  add(frame: Frame): Entry {
    const entry: Entry = { id: ++this.#last, frame, peer: undefined, missed: false };
    this.kept.push(entry);
    this.bytes += costOf(frame);
    this.#pair(entry);
    return entry;
  }

  /** Notes a frame that passes, and isn't kept. It returns whether it is a response to one that is. */
  pass({ connection, correlationId, direction }: Frame): boolean {
    const request = direction === "response" && this.#unanswered.get(connection)?.get(correlationId);
    if (request) request.missed = true;
    return Boolean(request);
  }

  /** Notes that frames were lost: a response to any request may be among them. */
  miss(): void {
    for (const waiting of this.#unanswered.values()) for (const request of waiting.values()) request.missed = true;
  }

  /** Drops the oldest until the rest is within the bounds, but never the newest. It returns how many it dropped. */
  evict(): number {
    const { kept, bounds } = this;
    let n = 0;
    while (n < kept.length - 1 && (kept.length - n > bounds.frames || this.bytes > bounds.bytes)) this.#forget(kept[n++]!);
    if (n > 0) this.kept = kept.slice(n);
    this.evicted += n;
    return n;
  }

  /** Drops all. They don't count as evicted. */
  clear(): void {
    this.kept = [];
    this.bytes = 0;
    this.#unanswered.clear();
  }

  #pair(entry: Entry): void {
    const { connection, correlationId, direction, apiKey, unreadable } = entry.frame;
    if (apiKey < 0 || unreadable !== undefined) return;
    let waiting = this.#unanswered.get(connection);
    if (direction === "request") {
      if (!waiting) this.#unanswered.set(connection, (waiting = new Map()));
      waiting.set(correlationId, entry);
      return;
    }
    const request = waiting?.get(correlationId);
    if (!request || request.frame.apiKey !== apiKey) return;
    waiting!.delete(correlationId);
    request.peer = entry;
    entry.peer = request;
  }

  #forget(entry: Entry): void {
    const { connection, correlationId } = entry.frame;
    this.bytes -= costOf(entry.frame);
    if (entry.peer) entry.peer.peer = undefined;
    const waiting = this.#unanswered.get(connection);
    if (waiting?.get(correlationId) !== entry) return;
    entry.missed = true; // if it is selected, it stays
    waiting.delete(correlationId);
    if (waiting.size === 0) this.#unanswered.delete(connection);
  }
}

/** The memory that a frame takes. Its bytes are a view into its batch, whose other frames are dropped with it. */
function costOf(frame: Frame): number {
  return overhead + (frame.bytes?.length ?? 0);
}

import { KafkaError, type Admin, type Code, type Kafka, type Status } from "kafkaio";

/** An error of the package's. */
export function kafkaError(code: Code, message = "no reason"): KafkaError {
  return Object.assign(new Error(message), { name: "KafkaError", code, retriable: false, outcomeUnknown: false }) as unknown as KafkaError;
}

/** A client whose admin is what a test needs of it, and whose state the test sets. */
export class FakeKafka {
  closedByPage = false;
  #due: Status[] = [{ state: "connected" }];
  #wake = () => {};

  constructor(readonly admin: Partial<Admin> = {}) {}

  become(status: Status): void {
    this.#due.push(status);
    this.#wake();
  }

  async *status(): AsyncGenerator<Status> {
    for (;;) {
      for (let s = this.#due.shift(); s; s = this.#due.shift()) {
        yield s;
        if (s.state === "closed") return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async close(): Promise<void> {
    this.closedByPage = true;
    this.become({ state: "closed" });
  }

  get client(): Kafka {
    return this as unknown as Kafka;
  }
}

/** Waits until all that is due has happened. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

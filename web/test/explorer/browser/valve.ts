import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a broker that can be shut: then connections are taken, and nothing passes, as if the broker were frozen. */
export class Valve {
  #sockets = new Set<Socket>();
  #isShut = false;

  private constructor(
    private server: Server,
    readonly address: string,
  ) {}

  static async before(broker: string): Promise<Valve> {
    const [, host, port] = /^(.*):(\d+)$/.exec(broker)!;
    const server = createServer((from) => {
      const to = connect(Number(port), host!);
      for (const [one, other] of [[from, to], [to, from]] as const) {
        valve.#sockets.add(one);
        one.on("data", (bytes) => other.write(bytes)).on("error", () => {}).on("close", () => {
          valve.#sockets.delete(one);
          other.destroy();
        });
        if (valve.#isShut) one.pause();
      }
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const valve = new Valve(server, `127.0.0.1:${(server.address() as { port: number }).port}`);
    return valve;
  }

  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  open(): void {
    this.#isShut = false;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

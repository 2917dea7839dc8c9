import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** The network between a page and its bridge, which breaks and is mended. It keeps its address. */
export class Relay {
  readonly #sockets = new Set<Socket>();
  #isBroken = false;

  private constructor(
    readonly origin: string,
    private readonly server: Server,
  ) {}

  /** Starts a relay to the bridge of a link. */
  static async to({ hostname, port }: URL): Promise<Relay> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const relay = new Relay(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on("connection", (page) => {
      if (relay.#isBroken) return void page.destroy();
      const bridge = connect(Number(port), hostname);
      for (const [from, to] of [[page, bridge], [bridge, page]] as const) {
        relay.#sockets.add(from);
        from.on("error", () => {});
        from.on("close", () => (relay.#sockets.delete(from), to.destroy()));
        from.pipe(to);
      }
    });
    return relay;
  }

  /** Ends all connections, and new ones at once. */
  break(): void {
    this.#isBroken = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isBroken = false;
  }

  close(): void {
    this.break();
    this.server.close();
  }
}

import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

interface Pair {
  client: Socket;
  database: Socket;
}

/** The way between the server and its database, which can be made slow, silent or broken. */
export class DatabaseProxy {
  private readonly pairs = new Set<Pair>();
  private delayMs = 0;
  private isSilent = false;
  private meddle: ((packet: string) => string | null) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** @param url the database's address */
  static async start(url: string): Promise<DatabaseProxy> {
    const server = createServer();
    const proxy = new DatabaseProxy(server, new URL(url));
    server.on('connection', (client) => proxy.join(client));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** The database's address by way of this. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Every packet takes this much longer, in milliseconds. */
  slow(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Takes everything and hands nothing on, on old connections and new ones. */
  silence(): void {
    this.isSilent = true;
  }

  /**
   * Changes what goes to the database, byte for byte.
   *
   * @param meddle what becomes of a packet's text, of the same length; null swallows it
   */
  spoil(meddle: (packet: string) => string | null): void {
    this.meddle = meddle;
  }

  /** As if nothing had been; what was swallowed stays lost, so connections of the silent time are cut. */
  heal(): void {
    this.delayMs = 0;
    this.meddle = undefined;
    if (!this.isSilent) return;
    this.isSilent = false;
    this.reset();
  }

  /** Cuts every connection with a reset. */
  reset(): void {
    for (const { client, database } of this.pairs) {
      client.resetAndDestroy();
      database.destroy();
    }
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const database = connect(Number(this.target.port), this.target.hostname);
    const pair = { client, database };
    this.pairs.add(pair);
    const leave = () => {
      this.pairs.delete(pair);
      client.destroy();
      database.destroy();
    };
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      from.on('data', (chunk: Buffer) => this.pass(to, to === database ? this.spoilt(chunk) : chunk));
      from.on('error', leave);
      from.on('close', leave);
    }
  }

  private spoilt(chunk: Buffer): Buffer | null {
    if (!this.meddle) return chunk;
    const changed = this.meddle(chunk.toString('latin1'));
    return changed === null ? null : Buffer.from(changed, 'latin1');
  }

  private pass(to: Socket, chunk: Buffer | null): void {
    if (this.isSilent || chunk === null) return;
    if (this.delayMs === 0) to.write(chunk);
    else setTimeout(() => !to.destroyed && !this.isSilent && to.write(chunk), this.delayMs);
  }
}

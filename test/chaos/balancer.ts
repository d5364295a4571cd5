import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Stands before the API processes, as an operator's balancer does: each connection goes to the next that takes it. */
export class Balancer {
  private next = 0;

  private constructor(
    private readonly server: Server,
    private readonly ports: number[],
    readonly origin: string,
  ) {}

  /** @param ports of the processes, whether they run or not */
  static async start(ports: number[]): Promise<Balancer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const balancer = new Balancer(server, ports, `http://127.0.0.1:${port}`);
    server.on('connection', (client) => balancer.pass(client, ports.length));
    return balancer;
  }

  close(): void {
    this.server.close();
  }

  private pass(client: Socket, tries: number): void {
    if (tries === 0) {
      client.destroy();
      return;
    }
    this.next = (this.next + 1) % this.ports.length;
    const upstream = connect(this.ports[this.next] ?? 0, '127.0.0.1');
    const refused = () => this.pass(client, tries - 1);
    upstream.once('error', refused);
    upstream.once('connect', () => {
      upstream.off('error', refused);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
      client.pipe(upstream).pipe(client);
    });
  }
}

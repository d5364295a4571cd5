import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request as send } from 'undici';

/** A request as Yoti gets it. */
interface Passing {
  method: string;
  /** Path without the query. */
  path: string;
}

/** Something the gate keeps from going on. */
export interface Held {
  /** Resolves when it is there. */
  reached: Promise<void>;
  /** Resolves when whoever asked has gone away. */
  left: Promise<void>;
  /** Lets it go on; what nobody waits for any more is dropped. */
  release(): void;
}

interface Hold extends Held {
  where: 'request' | 'answer';
  matches(passing: Passing): boolean;
  reach(): void;
  leave(): void;
  released: Promise<void>;
}

/** Headers without those of one connection. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { host: _host, connection: _connection, 'transfer-encoding': _encoding, ...others } = headers;
  return others;
}

/** Says which request is meant. */
export const creation = ({ method, path }: Passing): boolean =>
  method === 'POST' && path.endsWith('/sessions');
export const reading = ({ method, path }: Passing): boolean =>
  method === 'GET' && /\/sessions\/[^/]+$/.test(path);

/** Stands between the server and Yoti, and holds a request or its answer, so that the server is caught in between. */
export class YotiGate {
  /** How many requests were sent to Yoti. */
  requests = 0;
  /** How many creations of sessions have reached Yoti. */
  creations = 0;
  /** Paths of the sessions that were read, in order. */
  readonly readings: string[] = [];
  private readonly holds = new Set<Hold>();

  private constructor(
    private readonly server: Server,
    private readonly upstream: string,
    readonly origin: string,
  ) {}

  /** @param upstream origin of the simulator */
  static async start(upstream: string): Promise<YotiGate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const gate = new YotiGate(server, upstream, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      gate.pass(request, response).catch(() => response.destroy());
    });
    return gate;
  }

  /** Keeps the next such request from reaching Yoti. */
  holdRequest(matches: Hold['matches']): Held {
    return this.hold('request', matches);
  }

  /** Lets Yoti answer the next such request, and keeps the answer. */
  holdAnswer(matches: Hold['matches']): Held {
    return this.hold('answer', matches);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private hold(where: Hold['where'], matches: Hold['matches']): Held {
    let reach = () => {};
    let release = () => {};
    let leave = () => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const hold: Hold = { where, matches, reached, reach, left, leave, released, release };
    this.holds.add(hold);
    return hold;
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    this.requests += 1;
    const passing = { method, path: url.replace(/\?.*/, '') };
    if (reading(passing)) this.readings.push(passing.path);
    const body = await buffer(request);
    await this.wait('request', passing, response);
    if (response.destroyed) return;
    if (creation(passing)) this.creations += 1;
    const answer = await send(this.upstream + url, {
      method: method as 'GET',
      headers: endToEnd(request.headers),
      body: body.length > 0 ? body : null,
    });
    const content = Buffer.from(await answer.body.arrayBuffer());
    await this.wait('answer', passing, response);
    if (response.destroyed) return;
    response.writeHead(answer.statusCode, endToEnd(answer.headers)).end(content);
  }

  private async wait(where: Hold['where'], passing: Passing, response: ServerResponse): Promise<void> {
    for (const hold of this.holds) {
      if (hold.where !== where || !hold.matches(passing)) continue;
      this.holds.delete(hold);
      response.once('close', () => hold.leave());
      hold.reach();
      await hold.released;
    }
  }
}

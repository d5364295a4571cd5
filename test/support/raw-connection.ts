import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from './app.js';

/** A request as text, whose body may be shorter than it says. */
export interface RawRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Bytes that it says its body has; else as many as it has. */
  length?: number;
}

/** A connection on which a test sends what no client library would: pieces of requests, and hang-ups. */
export class RawConnection {
  received = '';
  /** Resolves when the server has ended it, or it was hung up. */
  readonly ended: Promise<void>;

  private constructor(private readonly socket: Socket) {
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.received += text));
    socket.on('error', () => undefined);
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Asks for something, for the first or another time. */
  get(path: string, headers: Record<string, string>): void {
    this.socket.write(`GET ${path} HTTP/1.1\r\n${linesOf({ host: 'test.example', ...headers })}\r\n`);
  }

  /** Posts requests one after the other, without waiting for answers. */
  post(...requests: RawRequest[]): void {
    this.socket.write(requests.map(textOf).join(''));
  }

  /** Posts the beginning of a request. @returns once the server has read its headers */
  async begin(request: RawRequest): Promise<void> {
    this.post({ ...request, headers: { ...request.headers, expect: '100-continue' } });
    await eventually(async () => this.received.startsWith('HTTP/1.1 100'));
  }

  hangUp(): void {
    this.socket.resetAndDestroy();
  }
}

function textOf({ path, headers, body, length = Buffer.byteLength(body) }: RawRequest): string {
  const all = { host: 'test.example', 'content-type': 'application/json', ...headers };
  return `POST ${path} HTTP/1.1\r\n${linesOf({ ...all, 'content-length': String(length) })}\r\n${body}`;
}

const linesOf = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

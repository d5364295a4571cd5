import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { Dice, Tally } from './dice.js';

/** Out of a thousand calls. The lost answers are those of calls that were carried out. */
export const TROUBLE = { none: 950, status: 20, reset: 8, 'lost answer': 6, garbage: 6, hang: 10 } as const;
const STATUSES = { '500': 1, '502': 1, '503': 2 } as const;

/** Yoti on a bad day: stands before the simulator, and answers one call in twenty with an error or not at all. */
export class BadYoti {
  /** From when on it misbehaves. */
  bad = false;
  private calls = 0;

  private constructor(
    private readonly server: Server,
    private readonly upstream: string,
    private readonly dice: Dice,
    private readonly tally: Tally,
    readonly origin: string,
  ) {}

  static async start(upstream: string, dice: Dice, tally: Tally): Promise<BadYoti> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const yoti = new BadYoti(server, upstream, dice, tally, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => yoti.take(request, response));
    return yoti;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    this.calls += 1;
    const trouble = this.bad ? this.dice.pick(TROUBLE, 'yoti', this.calls) : 'none';
    if (this.bad) this.count(trouble, isCreation(request));
    switch (trouble) {
      case 'hang':
        request.resume();
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'garbage':
        request.resume();
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
        return;
      case 'status': {
        request.resume();
        const status = Number(this.dice.pick(STATUSES, 'status', this.calls));
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"code":"SERVER_ERROR"}');
        return;
      }
      default:
        this.passOn(request, response, trouble === 'lost answer');
    }
  }

  private count(trouble: keyof typeof TROUBLE, creates: boolean): void {
    this.tally.add('calls of Yoti');
    if (trouble === 'none') return;
    this.tally.add(`Yoti: ${trouble}`);
    if (creates) this.tally.add('creations spoiled by Yoti');
  }

  private passOn(request: IncomingMessage, response: ServerResponse, losesAnswer: boolean): void {
    const { method, headers, url = '' } = request;
    const onward = httpRequest(new URL(url, this.upstream), { method, headers }, (answer) => {
      if (this.bad && isCreation(request) && answer.statusCode === 201) this.tally.add('creations at Yoti');
      if (losesAnswer) {
        answer.resume();
        response.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    // A caller that was killed in the midst of its request.
    request.on('close', () => {
      if (!request.complete) onward.destroy();
    });
    request.pipe(onward);
  }
}

const isCreation = ({ method, url = '' }: IncomingMessage) =>
  method === 'POST' && /\/sessions(\?|$)/.test(url);

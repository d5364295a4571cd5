import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';

/** One answer: an address, or the name that a name is an alias of. */
export type DnsRecord = { address: string } | { alias: string };

/**
 * What is answered to a question: records, of which the addresses of the other family are left out; `unknown` for no
 * such name; `silent` for nothing at all.
 *
 * @param count how often the name was asked for addresses of this family, this time included
 */
export type DnsAnswer = (name: string, family: 4 | 6, count: number) => DnsRecord[] | 'unknown' | 'silent';

const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const;
const NO_SUCH_NAME = 3;

/** A name server of the test's own, which answers as told (RFC 1035, over UDP). */
export class StubDns {
  private readonly counts = new Map<string, number>();

  private constructor(
    private readonly socket: Socket,
    private readonly answer: DnsAnswer,
  ) {}

  static async start(answer: DnsAnswer): Promise<StubDns> {
    const socket = createSocket('udp4');
    const dns = new StubDns(socket, answer);
    socket.on('message', (message, from) => dns.take(message, from));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return dns;
  }

  /** Asks this server and no other. @param timeout how long it may take, in milliseconds */
  resolver(timeout = 2000): Resolver {
    const resolver = new Resolver({ timeout, tries: 1 });
    resolver.setServers([`127.0.0.1:${this.socket.address().port}`]);
    return resolver;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }

  private take(message: Buffer, from: RemoteInfo): void {
    const { name, end } = readName(message, 12);
    const family = message.readUInt16BE(end) === TYPES.AAAA ? 6 : 4;
    const key = `${family} ${name}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    const answer = this.answer(name, family, count);
    if (answer === 'silent') return;
    const records = answer === 'unknown' ? [] : toRecords(name, family, answer);
    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (answer === 'unknown' ? NO_SUCH_NAME : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    const question = message.subarray(12, end + 4);
    this.socket.send(Buffer.concat([header, question, ...records]), from.port, from.address);
  }
}

function toRecords(name: string, family: 4 | 6, records: DnsRecord[]): Buffer[] {
  let owner = name;
  return records.flatMap((record) => {
    if ('alias' in record) {
      const made = toRecord(owner, TYPES.CNAME, writeName(record.alias));
      owner = record.alias;
      return [made];
    }
    const { address } = record;
    if (address.includes(':') !== (family === 6)) return [];
    const type = family === 6 ? TYPES.AAAA : TYPES.A;
    return [
      toRecord(owner, type, family === 6 ? bytesOfV6(address) : Buffer.from(address.split('.').map(Number))),
    ];
  });
}

/** Lives for no time, so that nobody keeps it. */
function toRecord(owner: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([writeName(owner), fixed, data]);
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

const writeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

function bytesOfV6(address: string): Buffer {
  // Through the URL parser, which writes a mapped IPv4 address as hexadecimal groups.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const all = [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

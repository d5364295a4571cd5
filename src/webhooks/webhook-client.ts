import type { Resolver } from 'node:dns/promises';
import { Client, errors, type Dispatcher } from 'undici';
import {
  AddressRefused,
  guardedConnector,
  NameUnresolved,
  systemResolver,
  type AddressRules,
} from './address-guard.js';
import type { ErrorClass } from './webhook.schemas.js';
import { readRetryAfter } from './webhook.schedule.js';

const EXCERPT_BYTES = 2048;

/** What came of one attempt. */
export interface AttemptResult {
  startedAt: Date;
  durationMs: number;
  /** Null when there was no answer. */
  statusCode: number | null;
  /** Null when the receiver has the event: it answered 2xx. */
  errorClass: ErrorClass | null;
  /** The answer's first 2 kB. */
  responseExcerpt: string | null;
  retryAfterSeconds: number | null;
}

type Answer = Pick<AttemptResult, 'statusCode' | 'errorClass' | 'responseExcerpt' | 'retryAfterSeconds'>;

/** Deadlines of one attempt, in milliseconds. */
export interface WebhookLimits {
  connectMs: number;
  /** From the begin of the attempt to the end of what is read of the answer. */
  deadlineMs: number;
}

const LIMITS: WebhookLimits = { connectMs: 5000, deadlineMs: 15_000 };

/**
 * Posts events to receivers nobody vouches for: to permitted addresses only, with deadlines, without redirects, reading
 * no more of an answer than is kept. Every attempt has its own connection, so that endpoints share none.
 */
export class WebhookClient {
  private readonly limits: WebhookLimits;

  /** @param resolver asks the name servers: those of the system, unless given */
  constructor(
    private readonly rules: AddressRules,
    limits: Partial<WebhookLimits> = {},
    private readonly resolver: Resolver = systemResolver(),
  ) {
    this.limits = { ...LIMITS, ...limits };
  }

  /** Sends once. Never throws for what the receiver or the network does: that is the result. */
  async post(url: string, headers: Record<string, string>, body: string): Promise<AttemptResult> {
    const startedAt = new Date();
    const began = performance.now();
    const answer = await this.exchange(new URL(url), headers, body);
    return { startedAt, durationMs: Math.round(performance.now() - began), ...answer };
  }

  private async exchange(url: URL, headers: Record<string, string>, body: string): Promise<Answer> {
    const { connectMs, deadlineMs } = this.limits;
    // What was saved under other rules, or past them, is not sent.
    if (this.rules.problemWith(url.href) !== null) return REFUSED;
    const signal = AbortSignal.timeout(deadlineMs);
    const client = new Client(url.origin, {
      connect: guardedConnector(this.rules, connectMs, this.resolver),
      pipelining: 0,
    });
    try {
      const response = await client.request({
        method: 'POST',
        path: url.pathname + url.search,
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Countersign' },
        body,
        signal,
      });
      return await toAnswer(response);
    } catch (error) {
      const errorClass = signal.aborted ? 'timeout' : errorClassOf(error);
      return { statusCode: null, errorClass, responseExcerpt: null, retryAfterSeconds: null };
    } finally {
      await client.destroy();
    }
  }
}

const REFUSED: Answer = {
  statusCode: null,
  errorClass: 'address_refused',
  responseExcerpt: null,
  retryAfterSeconds: null,
};

async function toAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Answer> {
  const retryAfter = headers['retry-after'];
  return {
    statusCode,
    errorClass: statusClassOf(statusCode),
    responseExcerpt: await readExcerpt(body),
    retryAfterSeconds: readRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, Date.now()),
  };
}

/** An answer that breaks off is kept as far as it came: its status has been received. */
async function readExcerpt(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the body, which then reports that it was cut off.
  body.on('error', () => undefined);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= EXCERPT_BYTES) break;
    }
  } catch {
    // What has been read is kept.
  }
  const text = Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString('utf8');
  // PostgreSQL can't store NUL.
  return text.replaceAll('\u0000', '\uFFFD');
}

function statusClassOf(statusCode: number): ErrorClass | null {
  if (statusCode >= 200 && statusCode <= 299) return null;
  if (statusCode >= 300 && statusCode <= 399) return 'http_3xx';
  if (statusCode >= 400 && statusCode <= 499) return 'http_4xx';
  if (statusCode >= 500 && statusCode <= 599) return 'http_5xx';
  return 'bad_response';
}

const errorCodes: readonly [RegExp, ErrorClass][] = [
  [/TIMEOUT|ETIMEDOUT/, 'timeout'],
  [
    /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|INVALID_CA|HOSTNAME_MISMATCH)/,
    'tls',
  ],
  [/^UND_ERR_(HEADERS_OVERFLOW|RES_|INFO|NOT_SUPPORTED)/, 'bad_response'],
];

/** Names what went wrong on the way to an answer. */
function errorClassOf(error: unknown): ErrorClass {
  if (error instanceof AddressRefused) return 'address_refused';
  if (error instanceof NameUnresolved) return 'dns';
  if (error instanceof errors.HTTPParserError) return 'bad_response';
  const { code } = error as { code?: unknown };
  const text = typeof code === 'string' ? code : '';
  return errorCodes.find(([pattern]) => pattern.test(text))?.[1] ?? 'connect';
}

import { z } from 'zod';
import type { SlotLimits } from './database/fair-slots.js';
import type { LoadLimits } from './http/load.rules.js';
import { mailFromSchema, smtpUrlSchema, type MailSettings } from './mail/mail-settings.js';
import type { WebhookLimits } from './webhooks/webhook-client.js';
import type { TransportOptions } from './yoti/transport-options.js';

/** Injection token of the configuration. */
export const CONFIG = Symbol('config');

const KEY_BYTES = 32;
const YOTI_API_URLS = 'https://api.yoti.com/idverify/v1,https://api.yoti.com/sandbox/idverify/v1';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const encryptionKeys = list.transform((items, context) => {
  const keys = items.map((item) => {
    const [id = '', encoded = ''] = item.split(/:(.*)/s);
    return { id, key: Buffer.from(encoded, 'base64') };
  });
  const say = (message: string) => context.addIssue({ code: 'custom', message });
  if (keys.length === 0) say('is empty: give at least one key as id:base64');
  for (const { id, key } of keys) {
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) say('has a key without an id: write id:base64');
    else if (key.length !== KEY_BYTES)
      say(`key "${id}" has ${key.length} bytes, 32 are needed: openssl rand -base64 32`);
    else if (new Set(key).size < 8) say(`key "${id}" is not random: openssl rand -base64 32`);
  }
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) say('has two keys with one id');
  return keys;
});

/** What Fastify calls networks that are private by definition. */
const PRIVATE_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'] as const;

const proxies = list.transform((items, context) => {
  if (items.length === 0 || items.join() === 'false') return false;
  const say = (message: string) => context.addIssue({ code: 'custom', message });
  const proxy = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.enum(PRIVATE_NETWORKS)]);
  if (items.includes('true')) {
    say(
      'can not be true: whoever sends X-Forwarded-For would choose the address it counts with. ' +
        'Write the addresses or networks of your proxies, such as 10.0.0.7,10.1.0.0/16 or loopback',
    );
  } else if (!items.every((item) => proxy.safeParse(item).success)) {
    say(`is neither false nor a list of addresses, networks (CIDR) and ${PRIVATE_NETWORKS.join(', ')}`);
  }
  return items;
});

const origin = z.string().transform((text, context) => {
  const problem = problemWithOrigin(text);
  if (problem === null) return new URL(text).origin;
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});

function problemWithOrigin(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['https:', 'http:'].includes(url.protocol)) return 'is not an https:// address';
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !isLoopback) return 'has to be https:// (http only on loopback)';
  // Compared as text: a lone "?", "#" or "@" is no part of the parsed address.
  const isOrigin = /^[^/?#@]+\/\/[^/?#@\\]+\/*$/.test(text);
  return isOrigin
    ? null
    : 'has to be an origin, such as https://id.example.com, without a path, query or user';
}

const settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres:// address' }),
  ENCRYPTION_KEYS: encryptionKeys,
  PUBLIC_URL: origin,
  ROLE: z.enum(['api', 'worker', 'all']).default('all'),
  HOST: z.string().min(1).default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  YOTI_API_URLS: list.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)).default(YOTI_API_URLS.split(',')),
  WEBHOOK_ALLOWED_NETWORKS: list.pipe(z.array(z.union([z.cidrv4(), z.cidrv6()]))).default([]),
  WEBHOOK_ALLOWED_PORTS: list
    .pipe(z.array(z.coerce.number<string>().int().min(1).max(65535)).min(1))
    .default([443]),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(16),
  DATABASE_PREPARE: z.stringbool().default(true),
  DATABASE_LISTEN_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres:// address' })
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  TRUST_PROXY: proxies.default(false),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(6000),
  LOGINS_PER_MINUTE: z.coerce.number().int().min(1).default(20),
  WORK_LEASE_SECONDS: z.coerce.number().int().min(2).max(600).default(60),
  SHUTDOWN_NOTICE_SECONDS: z.coerce.number().int().min(0).max(300).default(5),
  SMTP_URL: smtpUrlSchema.optional(),
  MAIL_FROM: mailFromSchema.optional(),
});

/** The server's settings, read once at start. */
export interface Config {
  databaseUrl: string;
  /** Current key first. */
  encryptionKeys: { id: string; key: Buffer }[];
  /** Origin that people, Yoti and integrators reach, without a trailing slash. */
  publicUrl: string;
  role: 'api' | 'worker' | 'all';
  host: string;
  port: number;
  /** Yoti API bases that credentials may name. */
  yotiApiUrls: string[];
  /** Bounds of calls to Yoti that differ from the default ones: no setting names them, tests shorten them. */
  yotiBounds: Partial<TransportOptions>;
  /** Networks that webhooks may reach although they are private. */
  webhookAllowedNetworks: string[];
  /** Bounds of load that differ from the default ones: no setting names them, tests of other things widen them. */
  loadBounds: { requests?: Partial<LoadLimits>; connections?: Partial<SlotLimits> };
  /** Deadlines of webhook attempts that differ from the default ones: no setting names them, tests shorten them. */
  webhookLimits: Partial<WebhookLimits>;
  /** Ports that webhooks may use outside of those networks. */
  webhookAllowedPorts: number[];
  databasePoolSize: number;
  /** Keep frequent statements prepared; off for a pooler that can't. */
  databasePrepare: boolean;
  /** Where workers listen for wake-ups: directly at the database, which a pooler by transaction can't pass on. */
  databaseListenUrl: string;
  logLevel: string;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  trustProxy: string[] | false;
  /** Requests a minute of one API key, console session or address. */
  rateLimitPerMinute: number;
  /** Log-ins a minute from one address. */
  loginsPerMinute: number;
  /** How long due work that a worker has taken up stays its own without a sign of life. */
  workLeaseSeconds: number;
  /** How long a stopping server answers "not ready" before it takes no more requests. */
  shutdownNoticeSeconds: number;
  /** Null when links can't be sent by e-mail. */
  mail: MailSettings | null;
  /** The demo's secrets and data are made up: the console then shows its log-ins. */
  demo: boolean;
}

/** The server can't start, for a reason that its operator can mend: the message says all. */
export class StartError extends Error {
  override name = 'StartError';
}

/** The settings can't be used; `problems` says why, one line a setting. */
export class ConfigError extends StartError {
  override name = 'ConfigError';
  constructor(readonly problems: string[]) {
    super(`Settings are missing or weak:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads the settings from environment variables.
 *
 * @throws ConfigError naming every setting that is missing or weak, never its value
 */
export function loadConfig(env: Record<string, string | undefined>, demo = false): Config {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settings.safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map(({ path, message }) =>
        present[String(path[0])] === undefined
          ? `${String(path[0])} is not set`
          : `${String(path[0])} ${message}`,
      ),
    );
  }
  const s = parsed.data;
  return Object.freeze({
    databaseUrl: s.DATABASE_URL,
    encryptionKeys: s.ENCRYPTION_KEYS,
    publicUrl: s.PUBLIC_URL,
    role: s.ROLE,
    host: s.HOST,
    port: s.PORT,
    yotiApiUrls: s.YOTI_API_URLS.map((url) => url.replace(/\/+$/, '')),
    yotiBounds: {},
    webhookAllowedNetworks: s.WEBHOOK_ALLOWED_NETWORKS,
    loadBounds: {},
    webhookLimits: {},
    webhookAllowedPorts: s.WEBHOOK_ALLOWED_PORTS,
    databasePoolSize: s.DATABASE_POOL_SIZE,
    databasePrepare: s.DATABASE_PREPARE,
    databaseListenUrl: s.DATABASE_LISTEN_URL ?? s.DATABASE_URL,
    logLevel: s.LOG_LEVEL,
    trustProxy: s.TRUST_PROXY,
    rateLimitPerMinute: s.RATE_LIMIT_PER_MINUTE,
    loginsPerMinute: s.LOGINS_PER_MINUTE,
    workLeaseSeconds: s.WORK_LEASE_SECONDS,
    shutdownNoticeSeconds: s.SHUTDOWN_NOTICE_SECONDS,
    mail: mailOf(s),
    demo,
  });
}

/** @throws ConfigError when there is only one of the two */
function mailOf({ SMTP_URL: server, MAIL_FROM: from }: z.infer<typeof settings>): MailSettings | null {
  if (server && from) return { ...server, from };
  if (server) throw new ConfigError(['MAIL_FROM is not set, but SMTP_URL is']);
  if (from) throw new ConfigError(['SMTP_URL is not set, but MAIL_FROM is']);
  return null;
}

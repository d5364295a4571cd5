import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup, Resolver } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { buildConnector } from 'undici';

/** IPv4 networks that are not the public internet (IANA special-purpose registry, multicast, reserved). */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** The only IPv6 block that is handed out for the public internet; everything else, mapped IPv4 too, is refused. */
const PUBLIC_V6 = '2000::/3';

/** Inside it: protocol assignments with Teredo, documentation, 6to4 (which embeds IPv4), the former 6bone. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3ffe::/16', '3fff::/20'];

/** Port of HTTPS, the only one that webhooks use unless the operator names others. */
export const DEFAULT_PORTS: readonly number[] = [443];

/** How long a name server may take to answer. */
const DNS_LIMIT_MS = 2000;

/** What DNS answers when it knows that there is no such name, or no address of it. */
const UNKNOWN_NAME = ['ENOTFOUND', 'ENODATA'];

/** A webhook's address leads where webhooks may not go. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

/** The addresses of a webhook's host name could not be found out. */
export class NameUnresolved extends Error {
  override name = 'NameUnresolved';
}

/** Decides which addresses webhooks may reach. Pure: it resolves no names. */
export class AddressRules {
  private readonly specialV4 = listOf(SPECIAL_V4);
  private readonly publicV6 = listOf([PUBLIC_V6]);
  private readonly specialV6 = listOf(SPECIAL_V6);
  private readonly allowed: BlockList;

  /**
   * @param allowedNetworks networks (CIDR) that the operator opens although they are private, with every port
   * @param allowedPorts ports that webhooks use anywhere else
   */
  constructor(
    private readonly allowedNetworks: readonly string[],
    private readonly allowedPorts: readonly number[] = DEFAULT_PORTS,
  ) {
    this.allowed = listOf(allowedNetworks);
  }

  /** Whether the operator opened any network: then names may be known to this machine alone. */
  get opensNetworks(): boolean {
    return this.allowedNetworks.length > 0;
  }

  /**
   * Whether an IP address may be reached; without TLS, and on other ports than the allowed ones, only inside the networks
   * that the operator opened.
   */
  permits(address: string, secure: boolean, port = 443): boolean {
    const version = isIP(address);
    if (version === 0 || address.includes('%')) return false;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (this.allowed.check(address, family)) return true;
    if (!secure || !this.allowedPorts.includes(port)) return false;
    if (version === 4) return !this.specialV4.check(address, family);
    return this.publicV6.check(address, family) && !this.specialV6.check(address, family);
  }

  /**
   * Says what is wrong with an endpoint's address as far as can be told without resolving its name; null when nothing
   * is. The address is checked again whenever a connection is made.
   */
  problemWith(address: string): string | null {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!url || !['http:', 'https:'].includes(url.protocol)) return 'Give an https:// address.';
    if (url.username || url.password) return 'The address must not contain a user name or password.';
    const secure = url.protocol === 'https:';
    if (!secure && !this.opensNetworks) return 'Give an https:// address.';
    const port = Number(url.port) || defaultPort(secure);
    const literals = literalsOf(url.hostname);
    if (literals.length === 0) return this.problemWithPort(port);
    if (literals.some((literal) => this.permits(literal, secure, port))) return null;
    return 'Webhooks can not be sent to this address.';
  }

  /** A name may lead into an opened network, where every port is allowed. */
  private problemWithPort(port: number): string | null {
    if (this.opensNetworks || this.allowedPorts.includes(port)) return null;
    return `Webhooks can not be sent to this port. Allowed: ${this.allowedPorts.join(', ')}.`;
  }
}

const defaultPort = (secure: boolean): number => (secure ? 443 : 80);

/** The addresses that a host name stands for without a look-up: itself, or the loopback ones. */
function literalsOf(hostname: string): string[] {
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(name) !== 0) return [name];
  return isLocalhost(name) ? ['127.0.0.1', '::1'] : [];
}

const isLocalhost = (name: string): boolean => /(^|\.)localhost$/.test(name);

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Asks the name servers of the system, with a limit. */
export const systemResolver = (): Resolver => new Resolver({ timeout: DNS_LIMIT_MS, tries: 1 });

/**
 * Makes connections for undici, and only to permitted addresses. The check is part of connecting, because a name can
 * resolve to a public address when it is checked and to a private one a moment later. A literal is checked apart: Node
 * doesn't look one up.
 *
 * @param resolver asks the name servers: those of the system, unless given
 */
export function guardedConnector(
  rules: AddressRules,
  timeoutMs: number,
  resolver: Resolver = systemResolver(),
): buildConnector.connector {
  return (options, callback) => {
    const secure = options.protocol === 'https:';
    const port = Number(options.port) || defaultPort(secure);
    const permits = (address: string) => rules.permits(address, secure, port);
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !permits(host)) {
      callback(new AddressRefused('the address is not a permitted one'), null);
      return;
    }
    const resolve = (name: string) => addressesOf(name, resolver, rules.opensNetworks);
    const lookup = guardedLookup(permits, resolve);
    buildConnector({ timeout: timeoutMs, maxCachedSessions: 0, lookup })(options, callback);
  };
}

/** Resolves a name and refuses it when any of its addresses is refused. */
function guardedLookup(
  permits: (address: string) => boolean,
  resolve: (name: string) => Promise<LookupAddress[]>,
): LookupFunction {
  const permitted = async (name: string) => {
    const found = await resolve(name);
    if (found.every(({ address }) => permits(address))) return found;
    throw new AddressRefused('the name leads to an address that is not permitted');
  };
  return (hostname, options, callback) => {
    callbackify(permitted)(hostname, (error, found) => {
      const [first] = found ?? [];
      if (error || !first) callback(error, '');
      else if (options.all) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * All addresses of a name, at least one. The name servers are asked directly: the system's own look-up
 * (`getaddrinfo`) occupies one of the few threads that the whole process has for it, so that names whose servers don't
 * answer would keep every other look-up waiting. It is left for what name servers are not asked (`localhost`, RFC 6761)
 * or don't know, such as a name of the hosts file; that only where a network is opened, as such names are of private
 * addresses.
 *
 * @throws NameUnresolved
 */
async function addressesOf(
  name: string,
  resolver: Resolver,
  hasLocalNames: boolean,
): Promise<LookupAddress[]> {
  if (isLocalhost(name)) return lookUpHere(name);
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const found = [...toAddresses(v4, 4), ...toAddresses(v6, 6)];
  if (found.length > 0) return found;
  const isUnknown = [v4, v6].every(
    (answer) => answer.status === 'rejected' && UNKNOWN_NAME.includes(codeOf(answer.reason)),
  );
  if (isUnknown && hasLocalNames) return lookUpHere(name);
  throw new NameUnresolved('the name servers know no address of the name');
}

const toAddresses = (answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];

async function lookUpHere(name: string): Promise<LookupAddress[]> {
  try {
    return await systemLookup(name, { all: true });
  } catch (error) {
    throw new NameUnresolved(`the system knows no address of the name: ${codeOf(error)}`);
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code);

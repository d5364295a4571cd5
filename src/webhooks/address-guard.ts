import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
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

/** A webhook's address leads where webhooks may not go. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
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
    if (!secure && this.allowedNetworks.length === 0) return 'Give an https:// address.';
    const port = Number(url.port) || defaultPort(secure);
    const literals = literalsOf(url.hostname);
    if (literals.length === 0) return this.problemWithPort(port);
    if (literals.some((literal) => this.permits(literal, secure, port))) return null;
    return 'Webhooks can not be sent to this address.';
  }

  /** A name may lead into an opened network, where every port is allowed. */
  private problemWithPort(port: number): string | null {
    if (this.allowedNetworks.length > 0 || this.allowedPorts.includes(port)) return null;
    return `Webhooks can not be sent to this port. Allowed: ${this.allowedPorts.join(', ')}.`;
  }
}

const defaultPort = (secure: boolean): number => (secure ? 443 : 80);

/** The addresses that a host name stands for without a look-up: itself, or the loopback ones. */
function literalsOf(hostname: string): string[] {
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(name) !== 0) return [name];
  return /(^|\.)localhost$/.test(name) ? ['127.0.0.1', '::1'] : [];
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Resolves a name to all of its addresses, as `dns.lookup` does. */
export type LookupAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Makes connections for undici, and only to permitted addresses. The check is part of connecting, because a name can
 * resolve to a public address when it is checked and to a private one a moment later. A literal is checked apart: Node
 * doesn't look one up.
 *
 * @param lookup what resolves names: the system, or a test in its place
 */
export function guardedConnector(
  rules: AddressRules,
  timeoutMs: number,
  lookup: LookupAll = systemLookup,
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
    const guarded = guardedLookup(permits, lookup);
    buildConnector({ timeout: timeoutMs, maxCachedSessions: 0, lookup: guarded })(options, callback);
  };
}

/** Resolves a name and refuses it when any of its addresses is refused. */
function guardedLookup(permits: (address: string) => boolean, lookup: LookupAll): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error || !first) {
        callback(error ?? new AddressRefused('the name has no address'), '');
      } else if (!found.every(({ address }) => permits(address))) {
        callback(new AddressRefused('the name leads to an address that is not permitted'), '');
      } else if (options.all) {
        callback(null, found);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

import { lookup as resolve, type LookupAddress } from 'node:dns';
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

  /** @param allowedNetworks networks (CIDR) that the operator opens although they are private */
  constructor(private readonly allowedNetworks: readonly string[]) {
    this.allowed = listOf(allowedNetworks);
  }

  /** Whether an IP address may be reached; without TLS only inside the networks that the operator opened. */
  permits(address: string, secure: boolean): boolean {
    const version = isIP(address);
    if (version === 0 || address.includes('%')) return false;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (this.allowed.check(address, family)) return true;
    if (!secure) return false;
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
    const literals = literalsOf(url.hostname);
    if (literals.length === 0 || literals.some((literal) => this.permits(literal, secure))) return null;
    return 'Webhooks can not be sent to this address.';
  }
}

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

/**
 * Makes connections for undici, and only to permitted addresses. The check is part of connecting, because a name can
 * resolve to a public address when it is checked and to a private one a moment later. A literal is checked apart: Node
 * doesn't look one up.
 */
export function guardedConnector(rules: AddressRules, timeoutMs: number): buildConnector.connector {
  const connectorFor = (secure: boolean) =>
    buildConnector({ timeout: timeoutMs, maxCachedSessions: 0, lookup: guardedLookup(rules, secure) });
  const connectors = { secure: connectorFor(true), clear: connectorFor(false) };
  return (options, callback) => {
    const secure = options.protocol === 'https:';
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !rules.permits(host, secure)) {
      callback(new AddressRefused('the address is not a permitted one'), null);
      return;
    }
    connectors[secure ? 'secure' : 'clear'](options, callback);
  };
}

/** Resolves a name and refuses it when any of its addresses is refused. */
function guardedLookup(rules: AddressRules, secure: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(
      hostname,
      { ...options, all: true },
      (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
        const [first] = found ?? [];
        if (error || !first) {
          callback(error ?? new AddressRefused('the name has no address'), '');
        } else if (!found.every(({ address }) => rules.permits(address, secure))) {
          callback(new AddressRefused('the name leads to an address that is not permitted'), '');
        } else if (options.all) {
          callback(null, found);
        } else {
          callback(null, first.address, first.family);
        }
      },
    );
  };
}

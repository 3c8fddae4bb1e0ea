// The make-believe internet of the benchmark: domains with an MX each, on loopback. Those below example.org share a
// server, which is elsewhere; those below bench.test have an address each. Pure.

const domain = 'bench.test';

export const domainName = (number: number): string => `d${number}.${domain}`;

/** Of 127.40/16, apart from what others on the machine use. */
export const addressOf = (number: number): string => `127.40.${number >> 8}.${number & 255}`;

/** The number of the domain at this address. */
export function numberAt(address: string): number {
  const [, , high, low] = address.split('.').map(Number);
  return high! * 256 + low!;
}

/** The address of a host that is the MX of a domain. */
export function hostAddress(host: string): string | undefined {
  const [, number, zone] = /^mx\.d(\d+)\.(example\.org|bench\.test)$/.exec(host) ?? [];
  if (number === undefined) return undefined;
  return zone === domain ? addressOf(Number(number)) : '127.0.0.1';
}

export const isDomain = (name: string): boolean => hostAddress(`mx.${name}`) !== undefined;

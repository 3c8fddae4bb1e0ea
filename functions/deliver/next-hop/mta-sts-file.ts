// Fetches the policy file of a domain by HTTPS, as RFC 8461 3.3 wants it: the certificate is checked, no redirect is
// followed, only a 200 is believed, and size and time are limited.

import type {IncomingMessage} from 'node:http';
import https from 'node:https';
import type {LookupFunction, TcpNetConnectOpts} from 'node:net';
import {type Parsed, right, wrong} from '../../../shared/parsed.ts';

/** RFC 8461 3.3 suggests 64 KB and a minute. Here a message is waiting in a function that is paid by time. */
const maxOctets = 65_536;
const defaultTimeoutMs = 10_000;

export const policyHostOf = (domain: string): string => `mta-sts.${domain}`;

/** @param addresses of the policy host, looked up and checked by the caller */
export async function fetchPolicyFile(
  domain: string,
  addresses: readonly string[],
  {port, timeoutMs = defaultTimeoutMs}: {readonly port: number; readonly timeoutMs?: number},
): Promise<Parsed<string>> {
  const signal = AbortSignal.timeout(timeoutMs);
  const options: https.RequestOptions & Pick<TcpNetConnectOpts, 'autoSelectFamilyAttemptTimeout'> = {
    host: policyHostOf(domain),
    port,
    path: '/.well-known/mta-sts.txt',
    rejectUnauthorized: true,
    // No connection is kept: the next request to the same host may be days away.
    agent: false,
    lookup: lookupFrom(addresses),
    // Node.js gives each address but the last a quarter of a second, which is too short for half the world.
    autoSelectFamilyAttemptTimeout: 2000,
    signal,
  };
  try {
    return await new Promise<Parsed<string>>((resolve, reject) => {
      https.get(options, response => textOf(response).then(resolve, reject)).on('error', reject);
    });
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    return wrong(signal.aborted ? `no answer within ${timeoutMs / 1000} s` : (code ?? message));
  }
}

async function textOf(response: IncomingMessage): Promise<Parsed<string>> {
  const refused = (problem: string): Parsed<never> => {
    response.destroy();
    return wrong(problem);
  };
  const {statusCode, headers} = response;
  if (statusCode !== 200) return refused(`status ${statusCode}`);
  // RFC 8461 3.2: anybody may be able to upload files of another kind to the host.
  const type = headers['content-type'] ?? 'none';
  if (!/^text\/plain\s*(;|$)/i.test(type)) return refused(`content type ${type.slice(0, 80)}`);
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > maxOctets) return refused(`larger than ${maxOctets} octets`);
    chunks.push(chunk);
  }
  return right(Buffer.concat(chunks).toString());
}

/** A lookup that returns addresses that are known already. */
const lookupFrom =
  (addresses: readonly string[]): LookupFunction =>
  (_, {all}, done) => {
    const found = addresses.map(address => ({address, family: address.includes(':') ? 6 : 4}));
    if (all) done(null, found);
    else done(null, found[0]!.address, found[0]!.family);
  };

// Tries the port of MX hosts from where deliver runs, when somebody invokes it with a probe in place of a batch: one
// connection, to one host, whose greeting is read. Nothing but QUIT is sent.

import type {Socket} from 'node:net';
import type {Settings} from '../../shared/settings/settings.ts';
import {parseHostname} from '../../shared/smtp/address.ts';
import {familyOf} from '../../shared/smtp/ip-address.ts';
import {printable, ReplyReader} from '../../shared/smtp/reply.ts';
import type {Log} from '../runtime/log.ts';
import type {NextHops} from './next-hop/next-hops.ts';
import {targetsOf} from './next-hop/targets.ts';
import {connectTcp} from './smtp/tcp.ts';

const limitMs = 10_000;
const longestText = 300;

/** What somebody asks for: `{"relayq": {"probe": {"domain": "example.org"}}}`. */
export interface ProbeEvent {
  readonly relayq: {readonly probe: unknown};
}

/** `problem` says why there is no greeting. */
export interface ProbeAnswer {
  readonly connected: boolean;
  readonly host?: string;
  readonly port?: number;
  /** How far it came. */
  readonly stage: 'event' | 'dns' | 'connect' | 'intro';
  readonly greeting?: string;
  readonly problem?: string;
}

export interface ProbeParts {
  readonly settings: {current(): Promise<Pick<Settings, 'mx'>>};
  readonly nextHops: Pick<NextHops, 'hostsOf'>;
  readonly log: Log;
  readonly now: () => number;
}

/** Records are what a batch has, and a probe has not. */
export const isProbe = (event: object): event is ProbeEvent =>
  'relayq' in event && typeof event.relayq === 'object' && event.relayq !== null && 'probe' in event.relayq;

export async function probe({relayq}: ProbeEvent, parts: ProbeParts): Promise<ProbeAnswer> {
  const answer = await tried(relayq.probe, parts);
  parts.log('info', 'the port of MX hosts was tried', {...answer});
  return answer;
}

async function tried(asked: unknown, {settings, nextHops, now}: ProbeParts): Promise<ProbeAnswer> {
  const {domain} = (asked ?? {}) as {readonly domain?: unknown};
  const name = typeof domain === 'string' ? parseHostname(domain) : undefined;
  if (name === undefined || !name.ok)
    return {connected: false, stage: 'event', problem: 'no domain is named'};
  const hop = {kind: 'mx', domain: name.value, security: 'opportunistic'} as const;
  const {mx} = await settings.current();
  const found = await nextHops.hostsOf(hop, mx);
  if (!found.ok) return {connected: false, stage: 'dns', problem: shortText(found.failure.description)};
  const targets = targetsOf(hop, found.hosts, mx);
  // A NAT gateway leads to IPv4 alone.
  const target = targets.find(({address}) => familyOf(address) === 4) ?? targets[0]!;
  const {host, address, port} = target;
  const deadline = {deadlineMs: now() + limitMs, now, connectTimeoutMs: limitMs};
  const opened = await connectTcp(address, port, deadline);
  const where = {host, port};
  if (!opened.ok)
    return {connected: false, ...where, stage: 'connect', problem: shortText(opened.failure.description)};
  const greeting = await greetingOf(opened.socket);
  return {connected: true, ...where, stage: 'intro', ...greeting};
}

/** Reads the first reply, and takes its leave. */
async function greetingOf(socket: Socket): Promise<Pick<ProbeAnswer, 'greeting' | 'problem'>> {
  const reader = new ReplyReader();
  const signal = AbortSignal.timeout(limitMs);
  const abort = () => socket.destroy();
  signal.addEventListener('abort', abort);
  try {
    // To leave the loop must not close the connection: QUIT is to go out.
    for await (const octets of socket.iterator({destroyOnReturn: false}) as AsyncIterable<Buffer>) {
      const [reply] = reader.push(octets);
      if (reply === undefined) continue;
      socket.end('QUIT\r\n');
      return {greeting: shortText(`${reply.code ?? ''} ${reply.lines.join(' ')}`.trim())};
    }
  } catch (error) {
    if (!signal.aborted)
      return {
        problem: shortText(`the connection broke: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`),
      };
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroySoon();
  }
  return {
    problem: signal.aborted ? `no greeting within ${limitMs / 1000} s` : 'it was closed without a greeting',
  };
}

const shortText = (text: string): string => printable(text).slice(0, longestText);

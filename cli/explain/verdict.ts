// What all of it comes to, in one sentence.

import {defaultSmtpPort} from '../../shared/smtp/smarthost.ts';
import {judge} from '../../shared/smtp/verdict.ts';
import type {NextHopLook} from './next-hop-look.ts';
import {stopWords} from './now-step.ts';
import type {Prospect} from './prospect.ts';
import type {TimeOf} from './step.ts';
import {tlsWords} from './tls-step.ts';

export interface Verdict {
  /** Whether it would be tried now. */
  readonly goes: boolean;
  readonly text: string;
}

export const refusedVerdict = (problems: readonly string[]): Verdict => ({
  goes: false,
  text: `would be answered as invalid: ${problems[0] ?? 'it is no message'}`,
});

export function verdictOf(
  {stopped, isProbe, entry}: Prospect,
  {hosts, targets, isLate}: NextHopLook,
  timeOf: TimeOf,
): Verdict {
  if (stopped) {
    const {is, why} = stopWords(stopped.stop, timeOf);
    return {goes: false, text: `would ${infinitive(is)}: ${why}`};
  }
  if (!hosts.ok) {
    const {description} = hosts.failure;
    if (isLate)
      return {goes: false, text: `would wait, as a late answer makes its receiver slow: ${description}`};
    const {fate, status} = judge(hosts.failure);
    const does = fate === 'bounced' ? 'bounce' : 'be deferred';
    return {goes: false, text: `would ${does}: ${status} ${description}`};
  }
  const [first] = targets;
  if (first === undefined) return {goes: false, text: 'would be deferred: its next hop has no address'};
  const port = first.port === defaultSmtpPort ? [] : [`port ${first.port}`];
  const more = [...(first.host === first.address ? [] : [first.address]), ...port].join(', ');
  const where = more === '' ? first.host : `${first.host} (${more})`;
  const state = entry?.down ? 'is down' : 'has not answered';
  const probe = isProbe ? `, as the probe of a receiver that ${state}` : '';
  return {goes: true, text: `would be delivered now to ${where} over ${tlsWords(first)}${probe}`};
}

/** `waits outside …` as it stands behind `would`. */
const infinitive = (words: string): string =>
  words
    .replace(/^waits/, 'wait')
    .replace(/^moves/, 'move')
    .replace(/^is (?=given|deferred)/, 'be ')
    .replace(/^bounces/, 'bounce');

// Questions to a real DNS server with a test's zone, and findings in the form that a table of a test has.

import type {Finding} from '../../../cli/dkim-check/finding.ts';
import {Questions} from '../../../cli/dkim-check/questions.ts';
import {dnsOf} from '../../../functions/deliver/next-hop/lookup.ts';
import {startDnsServer, type Zone} from '../../servers/dns-server.ts';

export async function asking<T>(
  zone: Zone,
  act: (questions: Questions) => Promise<T>,
  withinMs?: number,
): Promise<T> {
  const server = await startDnsServer(zone);
  const dns = dnsOf({nameServers: [server.address]});
  const questions = new Questions(dns, new AbortController().signal, withinMs);
  try {
    return await act(questions);
  } finally {
    questions.close();
    server.close();
  }
}

/** A string of a record has 255 octets at most. */
export const stringsOf = (text: string): readonly string[] => text.match(/.{1,255}/gs)!;

export const txt = (...records: readonly string[]): Zone[string] => ({TXT: records.map(stringsOf)});

export const wordsOf = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({grade, what, is}) => `${grade} ${what}: ${is}`);

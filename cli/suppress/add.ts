// `relayq suppress add`: addresses and domains that get no mail from now on.

import {reasonFor, type SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import {isAddress} from '../../shared/delivery/suppression/subject.ts';
import type {Act} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {countOf} from '../terminal/printable.ts';
import {isSource} from './csv/list-form.ts';
import {entryDocument} from './entry-text.ts';
import {standingOf, tellIfOff} from './standing.ts';
import {keysIn} from './subjects.ts';
import {SuppressionList} from './suppression-list.ts';

export interface AddOptions {
  readonly reason?: string;
  readonly source: string;
  readonly code?: number;
  readonly status?: string;
  readonly expires?: number;
}

export const add: Act<[readonly string[], AddOptions]> = async (context, texts, options) => {
  const {terminal, json, stage} = context;
  const standing = await standingOf(context);
  const {added, replaced} = await addTo(context, keysIn(texts), options);
  const documents = added.map(entry => entryDocument(entry, standing));
  if (json) terminal.say(JSON.stringify({version: 1, stage, added: documents, replaced}));
  else
    for (const {who} of added)
      terminal.say(`${who} is suppressed${replaced.includes(who) ? ', in place of an entry before' : ''}`);
  tellIfOff(context, standing.settings);
  return 0;
};

/** What bounces were counted of an entry before stays counted. @throws UsageError */
export async function addTo(
  context: Context,
  keys: readonly string[],
  {reason = '', source, code, status, expires}: AddOptions,
): Promise<{readonly added: readonly SuppressionEntry[]; readonly replaced: readonly string[]}> {
  if (!isSource(source)) throw new UsageError('--source: a word of letters, digits, . : _ and - is wanted');
  const nowMs = context.now();
  if (expires !== undefined && expires <= nowMs) throw new UsageError('--expires: that time is over');
  const list = new SuppressionList(context);
  const there = await list.get(keys);
  const added = keys.map(
    (who): SuppressionEntry => ({
      who,
      reason: reasonFor(reason),
      source,
      timeMs: nowMs,
      count: there.get(who)?.count ?? 0,
      ...(code !== undefined && {code}),
      ...(status !== undefined && {status}),
      ...(expires !== undefined && {expiresMs: expires}),
    }),
  );
  await context.mayChange(questionOf(keys), keys.every(isAddress) ? 'harmless' : 'destructive');
  await list.put(added);
  return {added, replaced: [...there.keys()]};
}

function questionOf(keys: readonly string[]): string {
  const domains = keys.filter(key => !isAddress(key));
  if (domains.length === 0) return `suppress ${countOf(keys.length, 'address', 'addresses')}`;
  return `keep all mail from ${domains.length === 1 ? domains[0] : countOf(domains.length, 'domain')}`;
}

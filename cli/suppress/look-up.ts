// What the list says of addresses and domains.

import type {SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import {isAddress} from '../../shared/delivery/suppression/subject.ts';
import type {Context} from '../command/context.ts';
import {type Standing, stateOf} from './entry-text.ts';
import {SuppressionList} from './suppression-list.ts';

export interface LookedUp {
  /** Of what was asked about, and of the domains of it. */
  readonly entries: readonly SuppressionEntry[];
  readonly suppressed: readonly string[];
  readonly free: readonly string[];
}

/** An address is suppressed by its domain too. @param keys each of them once */
export async function lookUp(
  context: Pick<Context, 'clients' | 'stage' | 'signal'>,
  keys: readonly string[],
  standing: Standing,
): Promise<LookedUp> {
  const asked = [...new Set(keys.flatMap(key => [key, domainOf(key)]))];
  const found = await new SuppressionList(context).get(asked);
  const isSuppressed = (key: string) =>
    [key, domainOf(key)].some(each => {
      const entry = found.get(each);
      return entry !== undefined && stateOf(entry, standing) === 'suppressed';
    });
  return {
    entries: asked.flatMap(key => found.get(key) ?? []),
    suppressed: keys.filter(isSuppressed),
    free: keys.filter(key => !isSuppressed(key)),
  };
}

const domainOf = (key: string): string => (isAddress(key) ? key.slice(key.lastIndexOf('@') + 1) : key);

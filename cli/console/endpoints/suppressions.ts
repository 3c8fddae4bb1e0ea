// The suppression list: what it says of somebody, a page of it, and what a person puts there or takes away.

import {UsageError} from '../../command/problems.ts';
import {addTo} from '../../suppress/add.ts';
import {isFiltered, isMeant} from '../../suppress/entry-filter.ts';
import {entryDocument} from '../../suppress/entry-text.ts';
import {lookUp} from '../../suppress/look-up.ts';
import {parseTime} from '../../suppress/moment.ts';
import {standingOf} from '../../suppress/standing.ts';
import {keysIn} from '../../suppress/subjects.ts';
import {SuppressionList} from '../../suppress/suppression-list.ts';
import type {Route, Visit} from '../visit.ts';

const source = 'DynamoDB, SSM';
const perPage = 50;
/** Of a filtered page: how many are looked at. */
const mostLookedAt = 1000;
const mostRemoved = 100;
const longestText = 400;

export const suppressions: Route = {
  method: 'GET',
  path: /^\/api\/suppressions$/,
  async answer({context, query}) {
    const standing = await standingOf(context);
    const {isOn: on, after, mayOverride} = standing.settings;
    const common = {on, after, mayOverride, source};
    const who = query.get('who')?.trim() ?? '';
    if (who !== '') {
      const [key = ''] = keysIn([who]);
      const {entries, suppressed} = await lookUp(context, [key], standing);
      const documents = entries.map(entry => entryDocument(entry, standing));
      return {...common, who: key, suppressed: suppressed.length > 0, entries: documents, next: null};
    }
    const filter = filterIn(query);
    const limit = isFiltered(filter) ? mostLookedAt : perPage;
    const {entries, next} = await new SuppressionList(context).page(query.get('after') || undefined, limit);
    const chosen = entries.filter(entry => isMeant(entry, filter));
    return {...common, entries: chosen.map(entry => entryDocument(entry, standing)), next: next ?? null};
  },
};

function filterIn(query: URLSearchParams) {
  const [from, reason] = [query.get('source')?.trim(), query.get('reason')?.trim()];
  return {...(from && {source: from}), ...(reason && {reason})};
}

export const addSuppression: Route = {
  method: 'POST',
  path: /^\/api\/suppressions\/add$/,
  async answer({context, body}) {
    const standing = await standingOf(context);
    const expires = textIn(body, 'expires');
    const expiresMs = expires === '' ? undefined : parseTime(expires);
    if (expires !== '' && expiresMs === undefined)
      throw new UsageError('expires: a time such as 2026-01-31 12:34:56 in UTC is wanted');
    const {added, replaced} = await addTo(context, keysIn([textIn(body, 'who')]), {
      reason: textIn(body, 'reason'),
      source: 'console',
      ...(expiresMs !== undefined && {expires: expiresMs}),
    });
    return {added: added.map(entry => entryDocument(entry, standing)), replaced};
  },
};

export const removeSuppressions: Route = {
  method: 'POST',
  path: /^\/api\/suppressions\/remove$/,
  async answer({context, body: {who}}) {
    const isText = (each: unknown): each is string => typeof each === 'string' && each.length <= longestText;
    if (!Array.isArray(who) || who.length === 0 || who.length > mostRemoved || !who.every(isText))
      throw new UsageError(`who: a list of 1 to ${mostRemoved} addresses and domains is wanted`);
    const keys = keysIn(who as string[]);
    const list = new SuppressionList(context);
    const there = await list.get(keys);
    const removed = keys.filter(key => there.has(key));
    await context.mayChange('remove entries from the suppression list', 'destructive');
    await list.remove(removed);
    return {removed, missing: keys.filter(key => !there.has(key))};
  },
};

/** Empty where it is not there. @throws UsageError */
function textIn(body: Visit['body'], name: string): string {
  const value = body[name] ?? '';
  if (typeof value === 'string' && value.length <= longestText) return value.trim();
  throw new UsageError(`${name}: a text of at most ${longestText} characters is wanted`);
}

import {describe, expect, test} from 'vitest';
import {withEntry} from '../../../shared/delivery/entries.ts';
import {entryProperty, type ResultEntry} from '../../../shared/delivery/result-entry.ts';
import type {JsonObject} from '../../../shared/json.ts';
import {octetsOf} from '../../../shared/json.ts';
import {growthOf, linear} from '../../growth.ts';
import {now} from '../../samples/messages.ts';

const entry: ResultEntry = {state: 'data', result: 'error', timeMs: now, code: 451, description: 'later'};
const octetsIn = (entries: readonly JsonObject[]) => octetsOf(JSON.stringify(entries));

describe('the entries of a message', () => {
  test('are all kept while they are small', () => {
    let entries: readonly JsonObject[] = [];
    for (let code = 0; code < 50; code++) entries = withEntry(entries, {...entry, code});
    expect(entries.map(each => each.code)).toEqual(Array.from({length: 50}, (_, index) => index));
  });

  test('keep the first and the newest when they get too large', () => {
    let entries: readonly JsonObject[] = [];
    for (let code = 0; code < 200; code++)
      entries = withEntry(entries, {...entry, code, description: '€'.repeat(300)});
    expect(octetsOf(JSON.stringify(entries))).toBeLessThanOrEqual(12_288);
    const codes = entries.map(each => each.code as number);
    expect(codes[0]).toBe(0);
    expect(codes.slice(1)).toEqual(
      Array.from({length: codes.length - 1}, (_, index) => 201 - codes.length + index),
    );
    expect(codes.length).toBeGreaterThan(8);
    // Nobody has to guess that some are missing.
    expect(entries.map(({dropped = 0}) => dropped)).toEqual([
      0,
      200 - codes.length,
      ...codes.slice(2).map(() => 0),
    ]);
  });

  test('keep the newest alone when the first leaves no room for it', () => {
    const large = {text: 'x'.repeat(12_288)};
    const newest = entryProperty(entry);
    expect(withEntry([large], entry)).toEqual([{...newest, dropped: 1}]);
    expect(withEntry([large, {code: 1}, {code: 2, dropped: 4}], entry)).toEqual([{...newest, dropped: 7}]);
  });

  test('are all kept up to 12,288 octets, to the octet', () => {
    const newest = entryProperty(entry);
    const second = {code: 450, text: 'of some length'};
    const first = {text: 'x'.repeat(12_288 - octetsIn([{text: ''}, second, newest]))};
    expect(octetsIn([first, second, newest])).toBe(12_288);
    expect(withEntry([first, second], entry)).toEqual([first, second, newest]);
    const larger = {text: `${first.text}x`};
    expect(withEntry([larger, second], entry)).toEqual([larger, {...newest, dropped: 1}]);
  });

  test('lose the details of older attempts before one of them goes, and say how many', () => {
    const certificate = {altnames: ['x'.repeat(4_000)]} as unknown as NonNullable<ResultEntry['certificate']>;
    const detailed = {...entry, certificate, banner: 'mx.example.org ESMTP', sent: {connection: 1, data: 0}};
    let entries: readonly JsonObject[] = [];
    for (let code = 0; code < 10; code++) entries = withEntry(entries, {...detailed, code});
    expect(octetsIn(entries)).toBeLessThanOrEqual(12_288);
    const bare = (code: number) => ({...entryProperty({...entry, code}), omitted: 3});
    const whole = (code: number) => entryProperty({...detailed, code});
    expect(entries).toEqual([...[0, 1, 2, 3, 4, 5, 6, 7].map(bare), ...[8, 9].map(whole)]);
  });

  test('lose the details of the newest too, rather than an attempt', () => {
    const certificate = {altnames: ['x'.repeat(12_000)]} as unknown as NonNullable<
      ResultEntry['certificate']
    >;
    const first = entryProperty({...entry, description: 'x'.repeat(1_000)});
    expect(withEntry([first], {...entry, certificate})).toEqual([
      first,
      {...entryProperty(entry), omitted: 1},
    ]);
  });

  test('of which a producer made up some count as what they are', () => {
    const made = [{}, ...[-1, 0.5, 'x', null, 1e300].map(dropped => ({dropped, text: 'x'.repeat(4_000)}))];
    const newest = withEntry(made as JsonObject[], entry).at(-1);
    expect(withEntry(made as JsonObject[], entry).at(1)).toHaveProperty('dropped', 2);
    expect(newest).toEqual(entryProperty(entry));
  });

  test('are shortened in time proportional to their number, whoever made them', () => {
    const shortened = (count: number) =>
      withEntry(new Array<JsonObject>(count).fill({state: 'made up'}), entry);
    expect(octetsOf(JSON.stringify(shortened(20_000)))).toBeLessThanOrEqual(12_288);
    expect(growthOf(count => () => shortened(count), 5000)).toBeLessThan(linear);
  });
});

// What keeps mail from going, as the page is told of it: the suppression list, pauses and cancellations.

import {afterAll, beforeAll, expect, test} from 'vitest';
import {Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {ConsoleUnderTest, time} from './console-under-test.ts';

let pipeline: Pipeline;
let page: ConsoleUnderTest;

beforeAll(async () => {
  pipeline = await Pipeline.start({});
  page = await ConsoleUnderTest.start({endpointUrl: pipeline.cloud.url});
  await page.signIn();
});
afterAll(async () => {
  await page?.stop();
  await pipeline?.stop();
});

test('somebody is suppressed, looked up, listed and taken off the list', async () => {
  const empty = await page.get('/api/suppressions');
  expect(empty.json).toMatchObject({version: 1, on: false, after: 1, entries: [], next: null, asOf: time});
  const added = await page.post('/api/suppressions/add', {
    who: 'Jo@Bücher.example',
    reason: 'asked us',
    expires: '2999-01-01',
  });
  const entry = {
    who: 'jo@xn--bcher-kva.example',
    kind: 'address',
    state: 'suppressed',
    reason: 'asked us',
    source: 'console',
    time,
    expires: '2999-01-01 00:00:00Z',
    count: 0,
  };
  expect(added.json).toMatchObject({added: [entry], replaced: []});
  expect(
    (await page.get(`/api/suppressions?who=${encodeURIComponent('JO@bücher.example')}`)).json,
  ).toMatchObject({
    who: entry.who,
    suppressed: true,
    entries: [entry],
  });
  expect((await page.get('/api/suppressions?source=console&reason=asked')).json.entries).toEqual([entry]);
  expect((await page.get('/api/suppressions?source=bounce')).json.entries).toEqual([]);
  const removed = await page.post('/api/suppressions/remove', {who: [entry.who, 'nobody@fine.example']});
  expect(removed.json).toMatchObject({removed: [entry.who], missing: ['nobody@fine.example']});
  expect((await page.get('/api/suppressions?who=jo@xn--bcher-kva.example')).json).toMatchObject({
    suppressed: false,
  });
});

test('the list is shown in pages', async () => {
  const all = Array.from({length: 60}, (_, index) => `${index}@fine.example`);
  for (const who of all) await page.post('/api/suppressions/add', {who});
  const first = (await page.get('/api/suppressions')).json;
  expect(first.entries).toHaveLength(50);
  const second = (await page.get(`/api/suppressions?after=${encodeURIComponent(first.next)}`)).json;
  const seen = [...first.entries, ...second.entries].map(({who}: {who: string}) => who);
  expect([seen.toSorted(), second.next]).toEqual([all.toSorted(), null]);
});

test.each([
  ['add', {who: 'no address@'}],
  ['add', {who: 'jo@fine.example', expires: 'soon'}],
  ['add', {who: 7}],
  ['add', {who: 'jo@fine.example', reason: 'x'.repeat(401)}],
  ['remove', {who: []}],
  ['remove', {who: 'jo@fine.example'}],
  ['remove', {who: Array.from({length: 101}, (_, index) => `${index}@fine.example`)}],
])('a wish to %s %o is refused', async (act, body) => {
  expect((await page.post(`/api/suppressions/${act}`, body)).status).toBe(400);
});

test('what holds mail back is told, and a pause or a cancellation is told before it is written', async () => {
  const {json: preview} = await page.post('/api/holds/preview', {
    kind: 'errors',
    rule: {reason: 'wrong prices', tag: 'spring'},
  });
  expect(preview).toMatchObject({
    setting: 'errors/spring',
    mail: 'tag spring',
    estimate: {held: 0, heldAbout: 0},
    estimateText: expect.stringContaining('an estimate'),
  });
  expect(JSON.parse(preview.text as string)).toMatchObject({
    reason: 'wrong prices',
    code: 550,
    tag: 'spring',
  });
  await page.post('/api/settings', {changes: {'errors/spring': preview.text}});
  const seen = await page.when('/api/holds', ({rules}) => (rules as object[]).length > 0);
  expect(seen).toMatchObject({
    held: 0,
    rules: [{setting: 'errors/spring', kind: 'error', mail: 'tag spring', reason: 'wrong prices'}],
    problems: [],
    asOf: time,
  });
  await page.post('/api/settings', {changes: {'errors/spring': null}});
  for (const body of [
    {},
    {kind: 'pauses', rule: {reason: 'r'}},
    {kind: 'pauses', rule: {all: true}},
    {kind: 'x', rule: {}},
  ])
    expect((await page.post('/api/holds/preview', body)).status).toBe(400);
});

// When environments have SecureStrings decrypted, each of which is a request to KMS: with the real SDK, against the local
// Parameter Store and a clock of the test's own.

import {afterEach, beforeEach, expect, test} from 'vitest';
import {listPrices} from '../../../bench/prices.ts';
import {hoursOfEnvironment, hoursPerMonth, keyTermsOf} from '../../../bench/standing.ts';
import {KeyStore} from '../../../functions/deliver/dkim/key-store.ts';
import type {SettingsSource} from '../../../functions/runtime/settings-source.ts';
import {ed25519Key, rsaKey} from '../../shared/dkim/keys-under-test.ts';
import {ParameterStore, path} from './parameter-store-under-test.ts';

let store: ParameterStore;
beforeEach(async () => {
  store = await ParameterStore.start();
});
afterEach(() => store.stop());

const minute = 60_000;
const urlOf = (password: string) => `smtp://user:${password}@smtp.example.net:587`;
const passwordIn = async (source: SettingsSource) => {
  const {smarthost} = await source.current();
  return smarthost?.credentials?.password;
};
/** What the next minute's reading shows. */
const passwordAfter = (source: SettingsSource, ms = minute) => {
  store.nowMs += ms;
  return passwordIn(source);
};

test('an hour of an environment decrypts each SecureString once, and the price is computed so', async () => {
  store.putSecret('smarthost', urlOf('first'));
  store.putSecret('smtp-sink', 'smtp://sink.example.net');
  store.put('max-attempts', '3');
  const source = store.source();
  expect(await passwordIn(source)).toBe('first');
  // A cold start has no more calls than it had before.
  expect(store.spent()).toEqual({calls: 1, decrypted: ['smarthost', 'smtp-sink']});
  for (let n = 1; n <= 60; n += 1) expect(await passwordAfter(source)).toBe('first');
  expect(store.spent()).toEqual({calls: 60, decrypted: []});

  const [{usd} = {usd: 0}] = keyTermsOf({environments: 1, secrets: 2}, listPrices);
  const requests = 2 * (hoursPerMonth / hoursOfEnvironment);
  expect(usd).toBeCloseTo((requests * listPrices.kmsPerMillionRequests) / 1_000_000, 12);
});

test('a change is decrypted, with all that there is, and then not again', async () => {
  store.putSecret('smarthost', urlOf('first'));
  store.putSecret('smtp-sink', 'smtp://sink.example.net');
  const source = store.source();
  await passwordIn(source);
  store.spent();
  store.putSecret('smarthost', urlOf('second'));
  expect(await passwordAfter(source)).toBe('second');
  expect(store.spent()).toEqual({calls: 2, decrypted: ['smarthost', 'smtp-sink']});
  // What is no secret needs no decryption.
  store.put('max-attempts', '7');
  expect(await passwordAfter(source)).toBe('second');
  expect((await source.current()).maxAttempts).toBe(7);
  expect(store.spent()).toEqual({calls: 1, decrypted: []});
});

test('what was removed and made again has the same version, and is another one', async () => {
  store.putSecret('smarthost', urlOf('first'));
  const source = store.source();
  await passwordIn(source);
  store.nowMs += 1;
  store.ssm.delete(`${path}smarthost`);
  store.putSecret('smarthost', urlOf('second'));
  expect(await passwordAfter(source)).toBe('second');
  store.ssm.delete(`${path}smarthost`);
  expect(await passwordAfter(source)).toBeUndefined();
  // A new one of that name, and one of another type.
  store.putSecret('smarthost', urlOf('third'));
  expect(await passwordAfter(source)).toBe('third');
  store.ssm.delete(`${path}smarthost`);
  store.put('smarthost', 'smtp.example.net');
  expect(await passwordAfter(source)).toBeUndefined();
  expect((await source.current()).smarthost?.hosts).toEqual(['smtp.example.net']);
});

test('ciphertext is never a value, whatever changes between the two readings, and within them', async () => {
  store.putSecret('smarthost', urlOf('first'));
  // Eleven parameters more, so that there is a second page.
  for (let n = 0; n < 12; n += 1) store.put(`capacity/d${n}.example`, '{"connections": 3}');
  const source = store.source();
  await passwordIn(source);
  const seen: (string | undefined)[] = [];
  let written = 0;
  store.before = () => {
    written += 1;
    store.nowMs += 1;
    // Before each single page another writer: an overwrite, or a removal and a new beginning.
    if (written % 3 === 0) store.ssm.delete(`${path}smarthost`);
    store.putSecret('smarthost', urlOf(`p${written}`));
  };
  for (let n = 0; n < 12; n += 1) seen.push(await passwordAfter(source));
  store.before = () => {};
  seen.push(await passwordAfter(source));
  expect(seen.filter(password => password !== undefined && !/^(first|p\d+)$/.test(password))).toEqual([]);
  expect(seen.at(-1)).toBe(`p${written}`);
  expect(store.lines.filter(({level}) => level === 'error')).toEqual([]);
});

test('a value that SSM changes while its page is read is the one that belongs to what is kept of it', async () => {
  store.putSecret('smarthost', urlOf('first'));
  const source = store.source();
  await passwordIn(source);
  store.putSecret('smarthost', urlOf('second'));
  // The first reading shows the second edition, and the decrypted one the third.
  store.before = ({withDecryption}) => {
    if (!withDecryption) return;
    store.nowMs += 1;
    store.putSecret('smarthost', urlOf('third'));
  };
  expect(await passwordAfter(source)).toBe('third');
  store.before = () => {};
  store.spent();
  expect(await passwordAfter(source)).toBe('third');
  expect(store.spent().decrypted).toEqual([]);
});

test('when a server has refused the credentials they are decrypted again, though nothing has changed', async () => {
  store.putSecret('smarthost', urlOf('first'));
  const source = store.source();
  await passwordIn(source);
  store.spent();
  source.expire();
  await passwordIn(source);
  expect(store.spent()).toEqual({calls: 1, decrypted: ['smarthost']});
  // Also where it happens while they are read.
  store.nowMs += minute;
  store.before = () => {
    store.before = () => {};
    source.expire();
  };
  await passwordIn(source);
  expect(store.spent()).toEqual({calls: 1, decrypted: []});
  await passwordIn(source);
  expect(store.spent()).toEqual({calls: 1, decrypted: ['smarthost']});
});

test('the DKIM keys of a domain are decrypted once, and again when one is changed', async () => {
  const pemOf = ({privateKey}: typeof rsaKey) => String(privateKey.export({type: 'pkcs8', format: 'pem'}));
  const dkimPath = '/relayq-dkim/test/';
  const put = (name: string, value: string) =>
    store.ssm.put(`${dkimPath}${name}`, value, {type: 'SecureString'});
  const keys = new KeyStore({client: store.client(), path: dkimPath, log: () => {}, now: () => store.nowMs});
  put('example.org/a', pemOf(rsaKey));
  put('example.org/b', pemOf(rsaKey));
  await keys.keysOf('example.org');
  expect(store.spent()).toEqual({calls: 1, decrypted: ['a', 'b']});
  for (let n = 0; n < 12; n += 1) {
    store.nowMs += 5 * minute;
    expect([...(await keys.keysOf('example.org')).values()].every(({ok}) => ok)).toBe(true);
  }
  expect(store.spent()).toEqual({calls: 12, decrypted: []});
  put('example.org/b', pemOf(ed25519Key));
  store.nowMs += 5 * minute;
  const b = (await keys.keysOf('example.org')).get('b');
  expect(b?.ok && b.value.privateKey.asymmetricKeyType).toBe('ed25519');
  expect(store.spent()).toEqual({calls: 2, decrypted: ['a', 'b']});
});

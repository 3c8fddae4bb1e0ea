// Keys in a Parameter Store that speaks to the real SDK.

import {SSMClient} from '@aws-sdk/client-ssm';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {KeyStore} from '../../../../functions/deliver/dkim/key-store.ts';
import {AwsError} from '../../../../local/aws-error.ts';
import {awsDoors} from '../../../../local/endpoint/aws-doors.ts';
import {type Endpoint, listen} from '../../../../local/endpoint/endpoint.ts';
import {ssmService} from '../../../../local/ssm/service.ts';
import {Ssm} from '../../../../local/ssm/ssm.ts';
import {sdkOptions} from '../../../sdk-options.ts';
import {ed25519Key, rsaKey} from '../../../shared/dkim/keys-under-test.ts';

const path = '/relayq-dkim/local/';
const pemOf = ({privateKey}: typeof rsaKey) => String(privateKey.export({type: 'pkcs8', format: 'pem'}));

let endpoint: Endpoint;
let client: SSMClient;
let ssm: Ssm;
let reads: string[];
let isDown: boolean;
let now: number;
let logged: string[];
let store: KeyStore;
beforeEach(async () => {
  ssm = new Ssm({region: 'us-east-1', accountId: '000000000000'});
  [reads, isDown, now, logged] = [[], false, 1_800_000_000_000, []];
  const service = ssmService(ssm);
  const call: typeof service.call = async request => {
    reads.push(String(request.input.Path).slice(path.length));
    if (isDown) throw new AwsError('InternalServerError', 'It is down.', 500);
    return service.call(request);
  };
  endpoint = await listen(awsDoors([{...service, call}]), {port: 0});
  client = new SSMClient({...sdkOptions(endpoint.url), maxAttempts: 1});
  store = new KeyStore({client, path, log: (_, message) => void logged.push(message), now: () => now});
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const put = (name: string, value: string) => ssm.put(`${path}${name}`, value, {type: 'SecureString'});
const selectorsOf = async (domain: string) =>
  [...(await store.keysOf(domain))].map(([selector, {ok}]) => `${selector}${ok ? '' : ': broken'}`).sort();

test('the keys of a domain are found by their selectors, and those that are broken are told', async () => {
  put('example.org/rsa', pemOf(rsaKey));
  put('example.org/Ed', pemOf(ed25519Key));
  put('example.org/odd', 'no key');
  put('a.example.org/other', pemOf(rsaKey));
  expect(await selectorsOf('example.org')).toEqual(['ed', 'odd: broken', 'rsa']);
});

test('they are read once by all who ask at the same time, and then not for a while', async () => {
  put('example.org/rsa', pemOf(rsaKey));
  await Promise.all([1, 2, 3].map(() => store.keysOf('example.org')));
  now += 299_000;
  await store.keysOf('example.org');
  expect(reads).toEqual(['example.org']);
  now += 2000;
  await store.keysOf('example.org');
  expect(reads).toHaveLength(2);
});

test('that there are none is remembered for a shorter while', async () => {
  expect(await selectorsOf('example.org')).toEqual([]);
  now += 29_000;
  expect(await selectorsOf('example.org')).toEqual([]);
  expect(reads).toHaveLength(1);
  put('example.org/rsa', pemOf(rsaKey));
  now += 2000;
  expect(await selectorsOf('example.org')).toEqual(['rsa']);
});

test('when SSM does not answer, the keys from before count; where there were none, nobody knows', async () => {
  put('example.org/rsa', pemOf(rsaKey));
  await store.keysOf('example.org');
  isDown = true;
  now += 301_000;
  expect(await selectorsOf('example.org')).toEqual(['rsa']);
  expect(logged).toEqual(['DKIM keys could not be read; those from before count']);
  await expect(store.keysOf('example.com')).rejects.toThrow('It is down.');
  isDown = false;
  expect(await selectorsOf('example.com')).toEqual([]);
});

test('more than a page of keys is read, and not without end', async () => {
  for (let n = 0; n < 60; n += 1) put(`example.org/s${n}`, 'no key');
  expect(await selectorsOf('example.org')).toHaveLength(50);
});

// Rotation is safe at each instant: the domain always has an active key, and what was broken off goes on.

import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {recordNameOf} from '../../../shared/dkim/key-name.ts';
import {dnsRecordOf} from '../../../shared/dkim/private-key.ts';
import type {DkimKey} from '../../../shared/dkim/signature.ts';
import {DkimUnderTest, domain, pemOf, rsaOf, usual} from './dkim-under-test.ts';

let dkim: DkimUnderTest;
const old: DkimKey = {domain, selector: 'old', privateKey: rsaOf(2048)};
beforeEach(async () => {
  dkim = await DkimUnderTest.start();
  dkim.put('active', old);
});
afterEach(() => dkim.stop());

const newest = () => dkim.keys().find(({selector}) => selector !== 'old')!;
const rotate = (...args: readonly string[]) => dkim.run(['rotate', domain, ...args]);

describe('relayq dkim rotate', () => {
  test('makes a key that does not sign yet, and tells its record', async () => {
    const {code, stdout, stderr} = await rotate();
    expect(dkim.names()).toEqual(['active/example.org/old', `pending/example.org/${usual}`]);
    expect(stdout).toContain(`value  ${dnsRecordOf(newest().privateKey)}\n`);
    expect(stderr).toContain('does not sign yet');
    expect(stderr).toContain(`relayq dkim rotate ${domain} --finish`);
    expect(code).toBe(0);
  });

  test('typed again changes nothing while the DNS does not show the record', async () => {
    await rotate();
    const before = dkim.names();
    const name = recordNameOf(newest());
    for (const [records, why] of [
      [undefined, 'does not show the record yet'],
      [{TXT: [['v=DKIM1; p=AAAA']]}, 'shows another text'],
      [{TXT: [['x'], ['v=DKIM1; p=']]}, 'shows several texts'],
      ['SERVFAIL', 'does not answer'],
    ] as const) {
      if (records !== undefined) dkim.zone[name] = records;
      const {code, stdout, stderr} = await rotate();
      expect(stderr).toContain(why);
      expect(stdout).toContain('v=DKIM1');
      expect(code).toBe(1);
    }
    expect(dkim.names()).toEqual(before);
  });

  test('typed again signs with the new key once the DNS shows it, and retires the old one', async () => {
    await rotate();
    dkim.publish(newest());
    const {code, stdout} = await rotate();
    expect(stdout).toContain(
      `${usual} of ${domain} signs: the DNS, as this machine sees it, shows the record`,
    );
    expect(stdout).toMatch(
      /old of example\.org is retired: leave its TXT record until \d{4}-\d\d-\d\d .*Z, and then: relayq dkim remove example\.org old/,
    );
    expect(code).toBe(0);
    expect(dkim.names()).toEqual([`active/example.org/${usual}`, 'retired/example.org/old']);
    const [, retired] = dkim.keys();
    expect(dkim.keys().some(({privateKey}) => privateKey.equals(old.privateKey))).toBe(true);
    expect(retired?.selector).toBe(usual);
  });

  test('the domain has an active key after each write, the new one before the old one goes', async () => {
    await rotate();
    dkim.publish(newest());
    const active: string[] = [];
    dkim.onWrite = () =>
      void active.push(
        dkim
          .names()
          .filter(name => name.startsWith('active/'))
          .map(name => name.slice(name.lastIndexOf('/') + 1))
          .join(' '),
      );
    await rotate();
    expect(active).toEqual([`old ${usual}`, `old ${usual}`, usual, usual]);
  });

  test.each([0, 1, 2, 3])('broken off after %i writes it goes on when typed again', async writes => {
    await rotate();
    dkim.publish(newest());
    const {privateKey} = newest();
    dkim.writesLeft = writes;
    expect((await rotate()).code).toBe(3);
    expect(dkim.names().filter(name => name.startsWith('active/')).length).toBeGreaterThan(0);
    dkim.writesLeft = Number.POSITIVE_INFINITY;
    expect((await rotate('--finish')).code).toBe(0);
    expect(dkim.names()).toEqual([`active/example.org/${usual}`, 'retired/example.org/old']);
    expect(
      dkim
        .keys()
        .find(({selector}) => selector === usual)
        ?.privateKey.equals(privateKey),
    ).toBe(true);
  });

  test('--finish makes no key', async () => {
    const {code, stderr} = await rotate('--finish');
    expect(stderr).toContain('nothing to finish');
    expect({code, writes: dkim.writes}).toEqual({code: 1, writes: []});
  });

  test('tells programs in JSON', async () => {
    const begun = await dkim.told(['rotate', domain]);
    expect(begun).toMatchObject({code: 0, state: 'pending', selector: usual, record: {type: 'TXT'}});
    expect(await dkim.told(['rotate', domain])).toMatchObject({
      code: 1,
      state: 'pending',
      dns: {published: false},
    });
    dkim.publish(newest());
    expect(await dkim.told(['rotate', domain])).toMatchObject({
      code: 0,
      state: 'active',
      dns: {published: true},
      retired: [
        {selector: 'old', keepRecordUntil: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)},
      ],
      kept: [],
    });
  });

  test('a key that dkim-rules names goes on signing, so that its mail does not wait', async () => {
    dkim.ssm.put('/relayq/local/dkim-rules', `example.net, *.${domain}=${domain.toUpperCase()}/old`);
    await rotate();
    dkim.publish(newest());
    const {code, stdout} = await rotate();
    expect(stdout).toContain('old of example.org signs too, as dkim-rules names it');
    expect({code, names: dkim.names()}).toEqual({
      code: 0,
      names: ['active/example.org/old', `active/example.org/${usual}`],
    });
  });

  test('a retired key comes back by its selector, through the same gate', async () => {
    await rotate();
    dkim.publish(newest());
    await rotate();
    await rotate('--selector', 'old');
    expect(dkim.names()).toContain('pending/example.org/old');
    expect((await rotate('--selector', 'old')).code).toBe(1);
    dkim.publish(old);
    expect((await rotate('--selector', 'old')).code).toBe(0);
    expect(dkim.names()).toEqual(['active/example.org/old', `retired/example.org/${usual}`]);
  });

  test('where several keys sign, somebody says which of them it replaces', async () => {
    dkim.put('active', {domain, selector: 'bulk', privateKey: rsaOf(2048)});
    const {code, stderr} = await rotate();
    expect(stderr).toContain('name those that the new one replaces with --retire: bulk, old');
    expect({code, writes: dkim.writes}).toEqual({code: 2, writes: []});
    expect((await rotate('--retire', 'gone')).stderr).toContain('no key of that type is active as gone');
    expect((await rotate('--retire', 'old')).stderr).toContain('--retire old --finish');
    dkim.publish(dkim.keys().find(({selector}) => selector === usual)!);
    expect((await rotate('--finish')).code).toBe(2);
    dkim.writesLeft = 3;
    expect((await rotate('--retire', 'old', '--finish')).code).toBe(3);
    dkim.writesLeft = Number.POSITIVE_INFINITY;
    const {stdout} = await rotate('--retire', 'old', '--finish');
    expect(stdout).toContain('bulk of example.org signs too\n');
    expect(dkim.names()).toEqual([
      'active/example.org/bulk',
      `active/example.org/${usual}`,
      'retired/example.org/old',
    ]);
  });

  test('the new key is encrypted as the old one is, and each stays so when it is moved', async () => {
    const theirs = {domain: 'example.net', selector: 'old', privateKey: rsaOf(2048)};
    const input = pemOf(theirs.privateKey);
    const args = ['--domain', 'example.net', '--selector', 'old', '--kms-key', 'alias/ours'];
    expect((await dkim.run(['import', '-', ...args], input)).code).toBe(0);
    await dkim.run(['rotate', 'example.net']);
    dkim.publish(dkim.keys().find(({domain: of, selector}) => of === 'example.net' && selector === usual)!);
    expect((await dkim.run(['rotate', 'example.net'])).code).toBe(0);
    const keyIds = dkim.ssm.parameters
      .filter(({name}) => name.includes('/example.net/'))
      .map(({name, versions}) => [name.slice(name.lastIndexOf('/') + 1), versions.at(-1)?.keyId]);
    expect(keyIds).toEqual([
      ['old', 'alias/ours'],
      [usual, 'alias/ours'],
    ]);
  });

  test('keys of the other type are left alone', async () => {
    await dkim.run(['create', domain, '--type', 'ed25519', '--selector', 'e']);
    dkim.publish(dkim.keys().find(({selector}) => selector === 'e')!);
    await rotate('--type', 'ed25519', '--finish');
    const {code, stderr} = await rotate();
    expect(stderr).toContain('keys of both types: name the one to rotate with --type');
    expect(code).toBe(2);
    await rotate('--type', 'ed25519');
    dkim.publish(dkim.keys().find(({selector}) => selector === usual)!);
    expect((await rotate('--type', 'ed25519')).code).toBe(0);
    expect(dkim.names()).toEqual([
      'active/example.org/old',
      `active/example.org/${usual}`,
      'retired/example.org/e',
    ]);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a selector that is there',
      ['--selector', 'old'],
      /old of example\.org is there already, as a key that is active/,
    ],
    ['a domain without keys', [], /example\.net has no key: relayq dkim create/],
  ])('refuses %s', async (what, args, complaint) => {
    const {code, stderr} = await dkim.run([
      'rotate',
      what.startsWith('a domain') ? 'example.net' : domain,
      ...args,
    ]);
    expect(stderr).toMatch(complaint);
    expect({code, writes: dkim.writes}).toEqual({code: 2, writes: []});
  });

  test('a second one does not begin while one is pending', async () => {
    await rotate();
    const {code, stderr} = await rotate('--selector', 'another');
    expect(stderr).toContain(`${usual} of ${domain} is pending already`);
    expect(code).toBe(2);
  });
});

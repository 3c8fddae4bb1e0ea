// `relayq dkim show`, `list` and `remove`.

import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {dnsRecordOf} from '../../../shared/dkim/private-key.ts';
import {DkimUnderTest, domain, rsaOf} from './dkim-under-test.ts';

let dkim: DkimUnderTest;
const rsa = rsaOf(2048);
beforeEach(async () => {
  dkim = await DkimUnderTest.start();
});
afterEach(() => dkim.stop());

describe('relayq dkim show', () => {
  test('tells state, type, age and the record of each key', async () => {
    dkim.put('active', {domain, selector: 'a', privateKey: rsa});
    dkim.put('retired', {domain, selector: 'b', privateKey: rsaOf(1024)});
    const {code, stdout} = await dkim.run(['show', domain]);
    expect(stdout).toMatch(/^a of example\.org: active since \d{4}-\S+ \S+Z, rsa 2048, version 1$/m);
    expect(stdout).toContain(`name   a._domainkey.example.org\ntype   TXT\nvalue  ${dnsRecordOf(rsa)}\n`);
    expect(stdout).toMatch(/^b of example\.org: retired since .*, rsa 1024, .*leave its record until /m);
    expect(stdout).toContain('it is an RSA key of 1024 bits: it should have 2048');
    expect(code).toBe(0);
    const {keys} = await dkim.told(['show', domain, 'A']);
    expect(keys).toMatchObject([
      {domain, selector: 'a', state: 'active', type: 'rsa', bits: 2048, version: 1, warning: null},
    ]);
    expect(Object.keys(keys[0].record)).toEqual(['name', 'type', 'value', 'strings']);
  });

  test('a zone file takes what --zone prints', async () => {
    dkim.put('active', {domain, selector: 'a', privateKey: rsa});
    const {stdout} = await dkim.run(['show', domain, '--zone']);
    const [about = '', line = ''] = stdout.split('\n');
    expect(about).toMatch(/^; a of example\.org: active/);
    expect(line).toMatch(/^a\._domainkey\.example\.org\. IN TXT ("[^"]{1,255}" ?)+$/);
  });

  test('what is broken is told, and nothing of it; what is no secret, too', async () => {
    dkim.ssm.put(`/relayq-dkim/local/${domain}/x`, 'hunter2', {type: 'String'});
    const {code, stdout, stderr} = await dkim.run(['show', domain]);
    expect(stdout).toContain('it must be a private key in PEM');
    expect(stdout).toContain('is stored as a String, which others can read');
    expect(stdout + stderr).not.toContain('hunter2');
    expect(code).toBe(1);
  });

  test('says where there is none', async () => {
    const {code, stderr} = await dkim.run(['show', domain]);
    expect({code, stderr}).toEqual({
      code: 1,
      stderr: 'example.org has no key: relayq dkim create example.org makes one\n',
    });
  });
});

describe('relayq dkim list', () => {
  test('shows the keys of all domains, and says where there are more', async () => {
    for (const name of ['a.example', 'b.example', 'c.example'])
      dkim.put('active', {domain: name, selector: '1', privateKey: rsa});
    dkim.put('pending', {domain: 'a.example', selector: '2', privateKey: rsa});
    const {code, stdout} = await dkim.run(['list']);
    expect(stdout).toMatch(/^DOMAIN +SELECTOR +STATE +TYPE +SINCE +VERSION$/m);
    expect(stdout).toMatch(/^a\.example +2 +pending +rsa 2048 +\d{4}-.*Z +1$/m);
    expect({code, lines: stdout.trim().split('\n').length}).toEqual({code: 0, lines: 5});
    const some = await dkim.told(['list', '--limit', '2']);
    expect({complete: some.complete, keys: some.keys.length}).toEqual({complete: false, keys: 2});
  });

  test('reads more than one page', async () => {
    for (let at = 0; at < 25; at += 1)
      dkim.put('active', {domain: `${at}.example`, selector: '1', privateKey: rsa});
    expect((await dkim.told(['list'])).keys).toHaveLength(25);
  });

  test('what lies deeper is no key', async () => {
    dkim.ssm.put('/relayq-dkim/local/a.example/b/c', 'x', {type: 'SecureString'});
    const {code, stderr} = await dkim.run(['list']);
    expect({code, stderr}).toEqual({
      code: 0,
      stderr: 'there are no keys: relayq dkim create DOMAIN makes one\n',
    });
  });
});

describe('relayq dkim remove', () => {
  test('removes a key, and says how long its record has to stay', async () => {
    dkim.put('retired', {domain, selector: 'a', privateKey: rsa});
    dkim.put('active', {domain, selector: 'b', privateKey: rsa});
    const {code, stdout, stderr} = await dkim.run(['remove', domain, 'a']);
    expect({code, stdout}).toEqual({code: 0, stdout: 'a of example.org is removed\n'});
    expect(stderr).toMatch(/^leave its TXT record until \d{4}-/);
    expect(dkim.names()).toEqual(['active/example.org/b']);
  });

  test('says that the rules name it', async () => {
    dkim.put('active', {domain, selector: 'a', privateKey: rsa});
    dkim.ssm.put('/relayq/local/dkim-rules', `${domain}=${domain}/a`);
    const {stderr} = await dkim.run(['remove', domain, 'a']);
    expect(stderr).toContain('dkim-rules names example.org/a: that mail waits until the rules change');
  });

  test('knows of no other', async () => {
    const {code, stderr} = await dkim.run(['remove', domain, 'a']);
    expect({code, stderr}).toEqual({code: 1, stderr: 'relayq: there is no key a of example.org\n'});
  });
});

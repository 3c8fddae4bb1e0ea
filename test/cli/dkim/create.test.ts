import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {dkimFieldsOf} from '../../../shared/dkim/signature.ts';
import {dkimpyIsMissing, dkimpyVerdicts, mailauthVerdicts} from '../../shared/dkim/verifiers.ts';
import {DkimUnderTest, domain, pemOf, rsaOf, usual} from './dkim-under-test.ts';

let dkim: DkimUnderTest;
beforeEach(async () => {
  dkim = await DkimUnderTest.start();
});
afterEach(() => dkim.stop());

const text = Buffer.from(`From: a@${domain}\r\nTo: b@example.net\r\nSubject: hello\r\n\r\nHello!\r\n`);

/** What a signature with the one stored key is to whoever finds this record in the DNS. */
async function verdictsWith(record: {readonly name: string; readonly value: string}) {
  const [key] = dkim.keys();
  const signed = Buffer.concat([Buffer.from(dkimFieldsOf(text, [{key: key!}], Date.now())), text]);
  const records = new Map([[record.name, record.value]]);
  return [
    await mailauthVerdicts(signed, records),
    ...(dkimpyIsMissing ? [] : dkimpyVerdicts([signed], records)),
  ].flat();
}

describe('relayq dkim create', () => {
  test.each([
    [[], 'rsa', 2048],
    [['--bits', '4096'], 'rsa', 4096],
    [['--type', 'ed25519'], 'ed25519', null],
  ] as const)(
    'with %j stores a key, and tells the record that its signatures verify with',
    async (args, type, bits) => {
      const told = await dkim.told(['create', 'EXAMPLE.org', ...args]);
      expect(told).toMatchObject({code: 0, version: 1, domain, selector: usual, type, bits, state: 'active'});
      expect(told.record).toMatchObject({name: `${usual}._domainkey.example.org`, type: 'TXT'});
      expect(told.record.strings.join('')).toBe(told.record.value);
      expect(await verdictsWith(told.record)).toSatisfy((all: unknown[]) => all.every(each => each === true));
      const [parameter] = dkim.ssm.parameters.filter(
        ({name}) => name === `/relayq-dkim/local/${domain}/${usual}`,
      );
      expect(parameter?.versions).toMatchObject([{type: 'SecureString', tier: 'Standard'}]);
    },
  );

  test('prints the record on stdout alone, and on stderr what to do next', async () => {
    const {code, stdout, stderr} = await dkim.run(['create', domain, '--selector', '2026a']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^name {3}2026a\._domainkey\.example\.org\ntype {3}TXT\nvalue {2}v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]+\n$/,
    );
    expect(stderr).toMatch(
      /TXT record(?:.|\n)*relayq dkim check example\.org(?:.|\n)*dkim-rules example\.org/,
    );
  });

  test('--zone prints a line of a zone file, in strings of at most 255 octets', async () => {
    const {stdout} = await dkim.run(['create', domain, '--zone']);
    const [, strings = ''] =
      new RegExp(`^${usual}\\._domainkey\\.example\\.org\\. IN TXT (.*)\n$`).exec(stdout) ?? [];
    const parts = strings.split(' "').map(part => part.replaceAll('"', ''));
    expect(parts).toHaveLength(2);
    expect(parts.map(part => part.length)).toEqual([255, expect.any(Number)]);
    const name = `${usual}._domainkey.${domain}`;
    expect(await verdictsWith({name, value: parts.join('')})).toContain(true);
  });

  test('never overwrites a key, and says how to rotate', async () => {
    dkim.put('active', {domain, selector: 'a', privateKey: rsaOf(1024)});
    const before = dkim.ssm.get(`/relayq-dkim/local/${domain}/a`);
    for (const args of [[], ['--selector', 'a'], ['--selector', 'A'], ['--selector', 'b']]) {
      const {code, stderr} = await dkim.run(['create', domain, ...args]);
      expect(stderr).toContain(`relayq dkim rotate ${domain}`);
      expect(code).toBe(2);
    }
    expect(dkim.ssm.get(`/relayq-dkim/local/${domain}/a`)).toBe(before);
    expect(dkim.writes).toEqual([]);
  });

  test('a key of the other type does not sign before the DNS shows it, where mail is signed already', async () => {
    await dkim.run(['create', domain, '--selector', 'r']);
    const told = await dkim.told(['create', domain, '--selector', 'e', '--type', 'ed25519']);
    expect(told).toMatchObject({code: 0, state: 'pending'});
    expect(dkim.names()).toEqual(['active/example.org/r', 'pending/example.org/e']);
    dkim.publish(dkim.keys().find(({selector}) => selector === 'e')!);
    expect((await dkim.run(['rotate', domain, '--type', 'ed25519', '--finish'])).code).toBe(0);
    expect(dkim.names()).toEqual(['active/example.org/e', 'active/example.org/r']);
  });

  test.each([['*'], [domain], [`*.example.net=${domain}`]])(
    'a key that the rule %s waits for does not sign before the DNS shows it',
    async rule => {
      dkim.ssm.put('/relayq/local/dkim-rules', rule);
      const {stderr} = await dkim.run(['create', domain]);
      expect(stderr).toContain('and does not sign yet');
      expect(dkim.names()).toEqual([`pending/${domain}/${usual}`]);
      dkim.publish(dkim.keys()[0]!);
      expect((await dkim.run(['rotate', domain, '--finish'])).code).toBe(0);
      expect(dkim.names()).toEqual([`active/${domain}/${usual}`]);
    },
  );

  test('the default selector is one that no key has, and that the DNS does not show', async () => {
    dkim.put('retired', {domain, selector: usual, privateKey: rsaOf(1024)});
    dkim.zone[`${usual}-2._domainkey.${domain}`] = {TXT: [['v=DKIM1; p=']]};
    expect(await dkim.told(['create', domain])).toMatchObject({selector: `${usual}-3`});
  });

  test('a DNS that does not answer does not hinder it', async () => {
    dkim.zone[`${usual}._domainkey.${domain}`] = 'SERVFAIL';
    expect(await dkim.told(['create', domain])).toMatchObject({code: 0, selector: usual});
  });

  test('takes domains as people write them', async () => {
    const told = await dkim.told(['create', 'Bücher.example', '--selector', '1', '--type', 'ed25519']);
    expect(told).toMatchObject({
      domain: 'xn--bcher-kva.example',
      record: {name: '1._domainkey.xn--bcher-kva.example'},
    });
    expect(dkim.names()).toEqual(['active/xn--bcher-kva.example/1']);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['an address', ['jo@example.org'], /domain "jo@example.org" must be a domain/],
    ['a key in place of a domain', [pemOf(rsaOf(1024))], /unknown option/],
    ['a wrong selector', [domain, '--selector', 'a b'], /selector that must be a name/],
    ['a name that is too long', [`${'a.'.repeat(110)}example.org`, '--selector', 'a'.repeat(60)], /too long/],
    ['bits of Ed25519', [domain, '--type', 'ed25519', '--bits', '2048'], /--bits is for RSA keys/],
    ['few bits', [domain, '--bits', '1024'], /Allowed choices are 2048/],
  ])('refuses %s', async (_, args, complaint) => {
    const {code, stdout, stderr} = await dkim.run(['create', ...args]);
    expect(stderr).toMatch(complaint);
    expect({code, stdout, writes: dkim.writes}).toEqual({code: 2, stdout: '', writes: []});
  });

  test('--read-only makes nothing', async () => {
    const {code, stderr} = await dkim.run(['create', domain, '--read-only']);
    expect({code, stderr}).toEqual({
      code: 1,
      stderr: `relayq: --read-only: this would create the DKIM key ${usual} of example.org\n`,
    });
    expect(dkim.names()).toEqual([]);
  });
});

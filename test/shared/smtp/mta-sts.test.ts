import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  isListed,
  parsePolicy,
  policyFailureOf,
  policyIdOf,
  type StsPolicy,
} from '../../../shared/smtp/mta-sts.ts';
import {growthOf, linear} from '../../growth.ts';

describe('the id of a domain’s policy', () => {
  test.each<[string, string[][], string | undefined]>([
    ['is what its record says', [['v=STSv1; id=20160831085700Z;']], '20160831085700Z'],
    ['needs no semicolon at the end, nor spaces', [['v=STSv1;id=a']], 'a'],
    ['is found in a record of several strings', [['v=STS', 'v1; id=2', '0']], '20'],
    ['is found among records of other kinds', [['v=spf1 -all'], ['v=STSv1; id=1;'], ['v=STSv2; id=2;']], '1'],
    ['is found among fields that are not known', [['v=STSv1; a=b; id=1; c=d']], '1'],
    ['is the first of several', [['v=STSv1; id=1; id=2;']], '1'],
    ['is none without a record', [], undefined],
    ['is none with two records', [['v=STSv1; id=1;'], ['v=STSv1; id=1;']], undefined],
    ['is none without the field', [['v=STSv1; a=b;']], undefined],
    ['is none with nothing but the version', [['v=STSv1;']], undefined],
    ['is none when it has other characters', [['v=STSv1; id=1-2;']], undefined],
    ['is none when it has the field’s name within', [['v=STSv1; id=1id=2;']], undefined],
    ['is none when it is longer than 32 characters', [[`v=STSv1; id=${'1'.repeat(33)};`]], undefined],
    ['is none when the version does not stand at the beginning', [['id=1; v=STSv1;']], undefined],
    ['is none when the version is written otherwise', [['V=STSv1; id=1;']], undefined],
  ])('%s', (_, records, id) => {
    expect(policyIdOf(records)).toBe(id);
  });
});

const lines = [
  'version: STSv1',
  'mode: enforce',
  'mx: mail.example.com',
  'mx: *.example.net',
  'max_age: 604800',
];
const policy = {mode: 'enforce', maxAgeSeconds: 604_800, mx: ['mail.example.com', '*.example.net']};
/** The lines, with new ones in place of those that begin like them. */
const having = (...changed: string[]) => {
  const names = changed.map(line => line.split(':')[0]!);
  return [...lines.filter(line => !names.some(name => line.startsWith(`${name}:`))), ...changed].join('\n');
};

describe('a policy', () => {
  test.each<[string, string, object]>([
    ['is read from its lines', lines.join('\n'), policy],
    ['may have CRLF for line ends, and one after the last line', `${lines.join('\r\n')}\r\n`, policy],
    [
      'may have its fields in any order',
      lines.toReversed().join('\n'),
      {...policy, mx: policy.mx.toReversed()},
    ],
    ['may have spaces around its values, or none', having('mode:enforce  ', 'max_age:\t604800'), policy],
    ['may have fields that are not known', having('mode: enforce', 'future-field: x: y', 'x.y:'), policy],
    ['may have lines that are no fields', having('mode: enforce', '', '# a remark'), policy],
    ['may have remarks that hold a field', `# mode: none\n${lines.join('\n')}`, policy],
    ['may be in testing', having('mode: testing'), {...policy, mode: 'testing'}],
    [
      'that is withdrawn needs no mx',
      'version: STSv1\nmode: none\nmax_age: 0',
      {mode: 'none', maxAgeSeconds: 0, mx: []},
    ],
    ['has its hosts in lower case', having('mx: MAIL.Example.com'), {...policy, mx: ['mail.example.com']}],
    ['lasts for a year at most', having('max_age: 9999999999'), {...policy, maxAgeSeconds: 31_557_600}],
    [
      'counts the first of a field that comes twice',
      `${lines.join('\n')}\nmode: none\nmax_age: 1\nversion: 2`,
      policy,
    ],
  ])('%s', (_, text, value) => {
    expect(parsePolicy(text)).toEqual({ok: true, value});
  });

  test.each<[string, string, string]>([
    ['of another version', having('version: STSv2'), 'its version is not STSv1'],
    ['without a version', having('version:'), 'its version is not STSv1'],
    ['of an unknown mode', having('mode: report'), 'its mode is none of enforce, testing and none'],
    ['with its mode in capitals', having('mode: Enforce'), 'its mode is none of enforce, testing and none'],
    [
      'with a CR alone in a line',
      having('mode: enforce\rx'),
      'its mode is none of enforce, testing and none',
    ],
    ['without max_age', having('max_age:'), 'its max_age is not a number of seconds'],
    ['with a max_age below zero', having('max_age: -1'), 'its max_age is not a number of seconds'],
    ['with a fractional max_age', having('max_age: 1.5'), 'its max_age is not a number of seconds'],
    [
      'with a max_age of eleven digits',
      having('max_age: 10000000000'),
      'its max_age is not a number of seconds',
    ],
    ['without mx', lines.filter(line => !line.startsWith('mx')).join('\n'), 'it has no mx'],
    ['with an mx that is an address', having('mx: 192.0.2.1'), 'it has an mx that is not a host name'],
    [
      'with a wildcard that is not the first label',
      having('mx: a.*.example'),
      'it has an mx that is not a host name',
    ],
    ['with a wildcard alone', having('mx: *'), 'it has an mx that is not a host name'],
    ['that is a web page', '<!DOCTYPE html>\n<title>version: STSv1</title>', 'its version is not STSv1'],
    ['that is empty', '', 'its version is not STSv1'],
  ])('%s is none', (_, text, problem) => {
    expect(parsePolicy(text)).toEqual({ok: false, problem});
  });

  test('is read in time proportional to its length, spaces and all', () => {
    const read = (spaces: number) => parsePolicy(having(`mode:${' '.repeat(spaces)}\t!`));
    expect(read(60_000).ok).toBe(false);
    expect(growthOf(spaces => () => read(spaces), 6000)).toBeLessThan(linear);
  });

  test('is read or refused, whatever the text', () => {
    const field = fc.oneof(fc.constantFrom(...lines, 'mx: *.', 'mode:', ':'), fc.string({unit: 'binary'}));
    fc.assert(
      fc.property(fc.array(field), texts => {
        const parsed = parsePolicy(texts.join('\n'));
        if (!parsed.ok) return parsed.problem !== '';
        const {mode, mx, maxAgeSeconds} = parsed.value;
        return (mx.length > 0 || mode === 'none') && maxAgeSeconds >= 0 && maxAgeSeconds <= 31_557_600;
      }),
    );
  });
});

describe('a host is in the policy', () => {
  const listing = (...mx: string[]): StsPolicy => ({mode: 'enforce', maxAgeSeconds: 1, mx});
  test.each<[string, string[], boolean]>([
    ['mail.example.com', ['mail.example.com'], true],
    ['MAIL.example.com', ['mail.example.com'], true],
    ['mail.example.com', ['other.example', '*.example.com'], true],
    ['mail.example.com', ['example.com'], false],
    ['example.com', ['*.example.com'], false],
    ['a.mail.example.com', ['*.example.com'], false],
    ['mailexample.com', ['*.example.com'], false],
    ['mail.example.com.evil.example', ['mail.example.com', '*.example.com'], false],
    ['a.example.com', ['*.example.com'], true],
    ['.example.com', ['*.example.com'], false],
    ['localhost', ['*.localhost'], false],
    ['mail.example.com', [], false],
  ])('%s with %j: %s', (host, mx, expected) => {
    expect(isListed(host, listing(...mx))).toBe(expected);
  });
});

describe('what a policy in testing would have refused', () => {
  const testing = {mode: 'testing', listed: true} as const;
  const cipher = {name: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3'};
  const untrusted = {cipher, verified: false};
  test.each([
    ['a host that is not listed', {...testing, listed: false}, {}, 'the host is not in the policy'],
    ['a connection in clear', testing, {}, 'the connection is not encrypted'],
    ['a certificate that is not valid', testing, untrusted, 'the certificate is not valid for the host'],
    ['nothing, with a valid certificate', testing, {cipher, verified: true}, undefined],
    ['nothing that an enforced policy lets through', {...testing, mode: 'enforce'} as const, {}, undefined],
    ['nothing without a policy', undefined, {}, undefined],
  ])('%s', (_, policy, connection, failure) => {
    expect(policyFailureOf(policy, connection)).toBe(failure);
  });
});

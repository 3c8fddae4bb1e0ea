import {expect, test} from 'vitest';
import {parseAuthorities} from '../../../shared/settings/authorities.ts';
import {fixture} from '../../fixtures/fixture.ts';

const pem = (name: string) => fixture(name).trim();
const [one, other] = [pem('authority.crt'), pem('localhost.crt')];
const begin = '-----BEGIN CERTIFICATE-----';

test.each([
  ['one certificate', one, one],
  ['several', `${one}\n${other}`, `${one}\n${other}`],
  ['several without a line between them', one + other, `${one}\n${other}`],
  ['text around them', `# ours\n${one}\nsubject=CN\n${other}\n`, `${one}\n${other}`],
  ['line ends of Windows', `${one}\n`.replaceAll('\n', '\r\n'), one],
  ['line ends that JSON has escaped', `${one}\n`.replaceAll('\n', '\\n'), one],
  ['line ends of Windows that JSON has escaped', `${one}\n`.replaceAll('\n', '\\r\\n'), one],
  ['line ends that a shell has made spaces', one.replaceAll('\n', ' '), one],
  ['lines that are indented', one.replaceAll('\n', '\n    '), one],
])('%s', (_, text, value) => {
  expect(parseAuthorities(text)).toEqual({ok: true, value});
});

test.each([
  ['no PEM', 'hunter2'],
  ['a private key', pem('localhost.key')],
  ['a private key behind a certificate', `${other}\n${pem('localhost.key')}`],
  ['a certificate that breaks off', one.slice(0, -30)],
  ['one that breaks off behind a good one', `${one}\n${other.slice(0, 400)}`],
  ['one that breaks off before a good one', `${other.slice(0, 400)}\n${one}`],
  ['nothing inside', `${begin}\n-----END CERTIFICATE-----`],
  ['octets that are no certificate', `${begin}\nhunter2=\n-----END CERTIFICATE-----`],
  ['base64 alone', one.split('\n').slice(1, -1).join('\n')],
])('%s is refused', (_, text) => {
  const problem = 'must be one or more certificates in PEM, and nothing else in PEM';
  expect(parseAuthorities(text)).toEqual({ok: false, problem});
});

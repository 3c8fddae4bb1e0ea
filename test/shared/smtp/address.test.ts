import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  asciiAddressOf,
  needsSmtpUtf8,
  parseAddressLiteral,
  parseHost,
  parseHostname,
  parseMailbox,
} from '../../../shared/smtp/address.ts';

const long = (labels: number) => `${'a'.repeat(62)}.`.repeat(labels);

test.each([
  ['Jo.Doe@Example.ORG', 'Jo.Doe', 'example.org'],
  ["!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~", 'example.org'],
  ['.jo..doe.@example.org', '.jo..doe.', 'example.org'],
  ['"jo doe"@example.org', '"jo doe"', 'example.org'],
  ['"a@b\\"c"@example.org', '"a@b\\"c"', 'example.org'],
  ['"ü"@example.org', '"ü"', 'example.org'],
  ['jö@bücher.example', 'jö', 'xn--bcher-kva.example'],
  ['a@XN--BCHER-KVA.example', 'a', 'xn--bcher-kva.example'],
  ['a@_dmarc.host_1.example', 'a', '_dmarc.host_1.example'],
  ['a@localhost', 'a', 'localhost'],
  ['a@3.14.example', 'a', '3.14.example'],
  ['a@host.a1', 'a', 'host.a1'],
  ['a@host.1a', 'a', 'host.1a'],
  ['a@[192.0.2.1]', 'a', '[192.0.2.1]'],
  ['a@[IPv6:2001:DB8::1]', 'a', '[ipv6:2001:db8::1]'],
  [`a@${long(4).slice(0, -1)}`, 'a', long(4).slice(0, -1)],
  [`a@${long(4)}a`, 'a', `${long(4)}a`],
  [`${'a'.repeat(308)}@example.org`, 'a'.repeat(308), 'example.org'],
])('%s is a mailbox, kept as it was given', (address, localPart, domain) => {
  expect(parseMailbox(address)).toEqual({ok: true, value: {address, localPart, domain}});
});

test.each([
  ['jo@example.org.', 'jo@example.org', 'example.org'],
  ['Jo@Example.ORG.', 'Jo@Example.ORG', 'example.org'],
  ['jo.@example.org.', 'jo.@example.org', 'example.org'],
  ['"a@b."@example.org.', '"a@b."@example.org', 'example.org'],
  ['jo@bücher.example.', 'jo@bücher.example', 'xn--bcher-kva.example'],
  ['jo@bücher.example\u3002', 'jo@bücher.example', 'xn--bcher-kva.example'],
  ['jo@localhost.', 'jo@localhost', 'localhost'],
  [`${'a'.repeat(308)}@example.org.`, `${'a'.repeat(308)}@example.org`, 'example.org'],
])('the dot at the end of %j is the root’s, and is not sent', (given, address, domain) => {
  expect(parseMailbox(given)).toMatchObject({ok: true, value: {address, domain}});
});

const controls = 'must not hold control characters, line ends or angle brackets';
const shape = 'must be an address such as user@example.org';
const quoting = 'has characters before the @ that need quoting, as in "jo doe"@example.org';
const host = 'has a domain that is not a host name such as example.org';
const literal = 'has an address literal that is not [192.0.2.1] or [IPv6:2001:db8::1]';

test.each([
  ['', shape],
  ['jo', shape],
  ['@example.org', shape],
  ['jo@', shape],
  ['<a@example.org>', controls],
  ['a@example.org\r\nRCPT TO:<b@example.org>', controls],
  ['"a\nb"@example.org', controls],
  ['a\u0085b@example.org', controls],
  ['a\u2028b@example.org', controls],
  ['a\0@example.org', controls],
  ['\ud800@example.org', 'must be valid Unicode'],
  [`${'a'.repeat(309)}@example.org`, 'must be at most 320 octets long'],
  [`${'ü'.repeat(155)}@example.org`, 'must be at most 320 octets long'],
  ['jo doe@example.org', quoting],
  ['a@b@example.org', quoting],
  ['jo,doe@example.org', quoting],
  ['"a"b"@example.org', quoting],
  ['"a\\"@example.org', quoting],
  ['Jo "Doe"@example.org', quoting],
  ['a@example..org', host],
  ['a@.example.org', host],
  ['a@example.org..', host],
  ['a@example.org\u3002.', host],
  ['a@.', host],
  ['a@..', host],
  ['a@192.0.2.1.', 'has a bare IP address for a domain; write user@[192.0.2.1]'],
  ['a@[192.0.2.1].', literal],
  [`${'a'.repeat(309)}@example.org.`, 'must be at most 320 octets long'],
  ['a@-a.example', host],
  ['a@a-.example', host],
  ['a@exa mple.org', host],
  ['a@example.org SIZE=1', host],
  ['a@example.org:25', host],
  [`a@${'b'.repeat(64)}.example`, host],
  [`a@${long(4)}aa`, host],
  ['a@192.0.2.1', 'has a bare IP address for a domain; write user@[192.0.2.1]'],
  ['a@192.0.2.999', 'has a domain that ends in a number'],
  ['a@1.1', 'has a domain that ends in a number'],
  ['a@mail.example.25', 'has a domain that ends in a number'],
  ['a@１９２.0.2.1', 'has a domain that ends in a number'],
  ['a@[192.0.2.256]', literal],
  ['a@[2001:db8::1]', literal],
  ['a@[IPv6:192.0.2.1]', literal],
  ['a@[example.org]', literal],
  ['a@[192.0.2.1', literal],
  ['a@[192.0.2.1]evil.example', literal],
])('%j is no mailbox', (text, problem) => {
  expect(parseMailbox(text)).toEqual({ok: false, problem});
});

describe('a domain with U-labels has no other URL syntax', () => {
  test.each(['/evil', '?x', '#x', '\\x', ':25', '%2ecom', '%41'])('bücher.example%s', rest => {
    expect(parseMailbox(`a@bücher.example${rest}`)).toEqual({ok: false, problem: host});
    expect(parseHostname(`bücher.example${rest}`).ok).toBe(false);
  });

  test('a tab or line end within it is not passed over', () => {
    expect(parseHost('b\tücher.example').ok).toBe(false);
    expect(parseHost('bücher.\r\nexample').ok).toBe(false);
  });
});

test('no mailbox holds what could end a command, whatever the text', () => {
  const part = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...'\r\n\0 <>@"\\.[]:/aü\u2028'),
      fc.string({unit: 'binary', minLength: 1, maxLength: 1}),
    ),
  });
  fc.assert(
    fc.property(
      part,
      fc.oneof(part, fc.constant('example.org'), fc.constant('bücher.example')),
      (local, domain) => {
        const parsed = parseMailbox(`${local}@${domain}`);
        if (!parsed.ok) return;
        expect(parsed.value.address).toBe(`${local}@${domain}`);
        expect(parsed.value.address).not.toMatch(/[\p{Cc}<>]/u);
        expect(parsed.value.domain).toMatch(/^[a-z0-9_.:[\]-]+$/);
        expect(parsed.value.address).toBe(
          `${parsed.value.localPart}@${parsed.value.address.slice(parsed.value.localPart.length + 1)}`,
        );
      },
    ),
    {numRuns: 1000},
  );
});

test.each([
  ['MX.example.org', 'mx.example.org'],
  ['192.0.2.1', '192.0.2.1'],
  ['[192.0.2.1]', '192.0.2.1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[IPv6:2001:db8::1]', '2001:db8::1'],
  ['bücher.example', 'xn--bcher-kva.example'],
])('%s is a host to connect to: %s', (text, value) => {
  expect(parseHost(text)).toEqual({ok: true, value});
});

test.each([
  '',
  ' ',
  'a b',
  'mx.example.org.',
  '192.0.2.256',
  '1.2.3',
  '[example.org]',
  '::g',
  '::1]/a',
  '::1]/[::',
  'fe80::1%eth0',
  'smtp://mx.example.org',
  'user@mx.example.org',
])('%j is no host', text => {
  expect(parseHost(text)).toEqual({ok: false, problem: 'must be a host name or an IP address'});
});

test.each(['mx.example.org:25', '192.0.2.1:25', '[192.0.2.1]:25', '[::1]:25'])(
  '%s has its port in the wrong place',
  text => {
    expect(parseHost(text)).toEqual({
      ok: false,
      problem: 'must be a host name alone; the port goes into its own property',
    });
  },
);

test.each(['01.2.3.4', '192.0.2.00', '1.2.3.09'])(
  '%s is no host: a leading zero is octal to some and decimal to others',
  text => {
    expect(parseHost(text).ok).toBe(false);
  },
);

test.each([
  ['[192.0.2.1]', '192.0.2.1'],
  ['[ipv6:::1]', '::1'],
  ['[IPv6:2001:DB8::A]', '2001:db8::a'],
  ['192.0.2.1', undefined],
  ['[]', undefined],
  ['[[192.0.2.1]]', undefined],
  ['x[192.0.2.1]', undefined],
  ['[192.0.2.1]x', undefined],
])('the address literal %s holds %s', (text, address) => {
  expect(parseAddressLiteral(text)).toBe(address);
});

test.each([
  ['jo@example.org', false, 'jo@example.org'],
  ['jo@Bücher.example', false, 'jo@xn--bcher-kva.example'],
  ['jö@Bücher.example', true, 'jö@xn--bcher-kva.example'],
  ['Jo@EXAMPLE.org', false, 'Jo@EXAMPLE.org'],
])('%s: SMTPUTF8 needed %s, without it %s', (address, needed, ascii) => {
  const parsed = parseMailbox(address);
  if (!parsed.ok) throw new Error(parsed.problem);
  expect(needsSmtpUtf8(parsed.value)).toBe(needed);
  expect(asciiAddressOf(parsed.value)).toBe(ascii);
});

import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
  addressLiteralOf,
  familyOf,
  isLoopback,
  isPrivateAddress,
  reachOf,
} from '../../../shared/smtp/ip-address.ts';

test.each([
  ['192.0.2.1', 4],
  ['::', 6],
  ['::1', 6],
  ['2001:db8::a:0', 6],
  ['1:2:3:4:5:6:7:8', 6],
  ['::ffff:192.0.2.1', 6],
])('%s is an address of IPv%i', (text, family) => {
  expect(familyOf(text)).toBe(family);
});

test.each([
  '',
  '1',
  '1.2.3',
  '1.2.3.4.',
  '.1.2.3.4',
  '256.0.0.1',
  '1.2.3.4.5',
  '010.0.0.1',
  '0x7f.0.0.1',
  '::g',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7:8:9',
  'fe80::1%lo',
  '[::1]',
  'example.org',
])('%j is no address, and nothing is delivered to it', text => {
  expect(familyOf(text)).toBe(0);
  expect(isPrivateAddress(text)).toBe(true);
  expect(isLoopback(text)).toBe(false);
});

// Each range's first and last address, and the public ones next to it.
test.each([
  ['0.0.0.0', '0.255.255.255', [null, '1.0.0.0']],
  ['10.0.0.0', '10.255.255.255', ['9.255.255.255', '11.0.0.0']],
  ['100.64.0.0', '100.127.255.255', ['100.63.255.255', '100.128.0.0']],
  ['127.0.0.0', '127.255.255.255', ['126.255.255.255', '128.0.0.0']],
  ['169.254.0.0', '169.254.255.255', ['169.253.255.255', '169.255.0.0']],
  ['172.16.0.0', '172.31.255.255', ['172.15.255.255', '172.32.0.0']],
  ['192.0.0.0', '192.0.0.255', ['191.255.255.255', '192.0.1.0']],
  ['192.0.2.0', '192.0.2.255', ['192.0.1.255', '192.0.3.0']],
  ['192.168.0.0', '192.168.255.255', ['192.167.255.255', '192.169.0.0']],
  ['198.18.0.0', '198.19.255.255', ['198.17.255.255', '198.20.0.0']],
  ['198.51.100.0', '198.51.100.255', ['198.51.99.255', '198.51.101.0']],
  ['203.0.113.0', '203.0.113.255', ['203.0.112.255', '203.0.114.0']],
  ['224.0.0.0', '255.255.255.255', ['223.255.255.255', null]],
  ['::', '::1', [null, '::2']],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', ['64:ff9b:0:ffff::', '64:ff9b:2::']],
  ['100::', '100::ffff:ffff:ffff:ffff', ['ff:ffff::', '100:0:0:1::']],
  ['2001:db8::', '2001:db8:ffff::', ['2001:db7:ffff::', '2001:db9::']],
  ['fc00::', 'fdff:ffff::', ['fbff:ffff::', 'fe00::']],
  ['fe80::', 'febf:ffff::', ['fe7f:ffff::', 'fec0::']],
  ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['feff:ffff::', null]],
])('%s to %s is not of the public Internet, its neighbours are', (first, last, neighbours) => {
  expect([first, last].map(isPrivateAddress)).toEqual([true, true]);
  const outside = neighbours.filter(address => address !== null);
  expect(outside.filter(isPrivateAddress)).toEqual([]);
});

test.each([
  ['::ffff:10.0.0.1', true],
  ['::ffff:7f00:1', true],
  ['64:ff9b::192.168.0.1', true],
  ['::ffff:8.8.8.8', false],
  ['::fffe:10.0.0.1', false],
  ['64:ff9b::8.8.8.8', false],
])('an IPv4 address inside an IPv6 one is judged by itself: %s private %s', (text, isPrivate) => {
  expect(isPrivateAddress(text)).toBe(isPrivate);
});

test.each([
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['::1', true],
  ['0:0:0:0:0:0:0:1', true],
  ['::ffff:127.0.0.1', true],
  ['126.0.0.1', false],
  ['::', false],
  ['::2', false],
  ['localhost', false],
])('%s is loopback: %s', (text, loopback) => {
  expect(isLoopback(text)).toBe(loopback);
});

const interfaces = ['192.0.2.2', 'fd00::2', '2001:db8::5', '203.0.113.9'];
test.each([
  // This machine and its link, however it is written; and what is no host's address.
  ['127.0.0.1', 'own'],
  ['127.255.255.255', 'own'],
  ['0.0.0.0', 'own'],
  ['0.1.2.3', 'own'],
  ['169.254.169.254', 'own'],
  ['169.254.100.1', 'own'],
  ['224.0.0.1', 'own'],
  ['239.255.255.255', 'own'],
  ['255.255.255.255', 'own'],
  ['::', 'own'],
  ['::1', 'own'],
  ['::127.0.0.1', 'own'],
  ['::10.0.0.1', 'own'],
  ['::ffff:127.0.0.1', 'own'],
  ['::ffff:7f00:1', 'own'],
  ['0:0:0:0:0:ffff:a9fe:a9fe', 'own'],
  ['64:ff9b::127.0.0.1', 'own'],
  ['64:ff9b::a9fe:a9fe', 'own'],
  ['64:ff9b:1::1', 'own'],
  ['2002:7f00:1::', 'own'],
  ['fe80::1', 'own'],
  ['febf::1', 'own'],
  ['ff02::1', 'own'],
  ['fd00:ec2::254', 'own'],
  // The interfaces, of whatever range.
  ['192.0.2.2', 'own'],
  ['::ffff:192.0.2.2', 'own'],
  ['64:ff9b::192.0.2.2', 'own'],
  ['2002:c000:202::1', 'own'],
  ['203.0.113.9', 'own'],
  ['fd00::2', 'own'],
  ['FD00:0:0::0002', 'own'],
  ['2001:db8::5', 'own'],
  // Networks behind it.
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['192.0.2.3', 'private'],
  ['198.18.0.1', 'private'],
  ['::ffff:10.0.0.1', 'private'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['2002:a00:1::', 'private'],
  ['fc00::1', 'private'],
  ['fd00::3', 'private'],
  ['100::1', 'private'],
  // Everywhere else.
  ['8.8.4.4', 'public'],
  ['172.32.0.1', 'public'],
  ['169.253.255.255', 'public'],
  ['223.255.255.255', 'public'],
  ['2606:4700::1111', 'public'],
  ['::ffff:8.8.4.4', 'public'],
  ['64:ff9b::8.8.4.4', 'public'],
  ['2002:808:404::', 'public'],
  // No addresses.
  ['', 'own'],
  ['localhost', 'own'],
  ['fe80::1%eth0', 'own'],
  ['0x7f.1', 'own'],
  ['2130706433', 'own'],
])('%s leads to a network that is %s', (text, reach) => {
  expect(reachOf(text, interfaces)).toBe(reach);
});

test('an IPv6 address is in the same ranges however it is written', () => {
  const group = fc.oneof(
    fc.integer({min: 0, max: 0xffff}),
    fc.constantFrom(0, 1, 0x64, 0x2002, 0xff9b, 0xffff),
  );
  fc.assert(
    fc.property(fc.array(group, {minLength: 8, maxLength: 8}), groups => {
      const full = groups.map(group => group.toString(16).padStart(4, '0').toUpperCase()).join(':');
      const short = new URL(`http://[${full}]/`).hostname.slice(1, -1);
      const judged = (text: string) => [familyOf(text), isPrivateAddress(text), isLoopback(text)];
      expect(judged(full)).toEqual(judged(short));
      for (const each of [full, short]) expect(reachOf(each, [full])).toBe('own');
      expect(reachOf(full, [])).toBe(reachOf(short, []));
    }),
  );
});

test.each([
  ['192.0.2.1', '[192.0.2.1]'],
  ['127.0.0.1', '[127.0.0.1]'],
  ['2001:db8::1', '[IPv6:2001:db8::1]'],
  ['2001:DB8:0:0:0:0:0:1', '[IPv6:2001:db8::1]'],
  ['::1', '[IPv6:::1]'],
  ['fe80::1%eth0', '[IPv6:fe80::1]'],
  ['::ffff:192.0.2.1', '[192.0.2.1]'],
  ['::FFFF:c000:201', '[192.0.2.1]'],
  ['64:ff9b::192.0.2.1', '[IPv6:64:ff9b::c000:201]'],
  ['', undefined],
  ['relay.example', undefined],
])('%j in the place of a name is %s', (address, literal) => {
  expect(addressLiteralOf(address)).toBe(literal);
});

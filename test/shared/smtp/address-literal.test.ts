import {expect, test} from 'vitest';
import {addressLiteralOf} from '../../../shared/smtp/address-literal.ts';

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

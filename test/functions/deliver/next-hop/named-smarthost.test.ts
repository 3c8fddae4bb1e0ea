import {networkInterfaces} from 'node:os';
import {expect, test} from 'vitest';
import {permittedHosts} from '../../../../functions/deliver/next-hop/named-smarthost.ts';

const hostsOf = (...lists: readonly (readonly string[])[]) =>
  lists.map((addresses, index) => ({host: `h${index}.example`, addresses}));
const permitted = (privateAllowed: boolean, ...lists: readonly (readonly string[])[]) => {
  const hosts = permittedHosts(hostsOf(...lists), privateAllowed);
  return hosts.ok ? hosts.hosts.map(({addresses}) => addresses) : hosts.failure.description;
};

test('each address that a name leads to is checked by itself, and the others are used', () => {
  const mixed = [['127.0.0.1', '8.8.4.4', '10.0.0.1'], ['::1'], ['10.0.0.2', '2606:4700::1111']];
  expect(permitted(false, ...mixed)).toEqual([['8.8.4.4'], ['2606:4700::1111']]);
  expect(permitted(true, ...mixed)).toEqual([
    ['8.8.4.4', '10.0.0.1'],
    ['10.0.0.2', '2606:4700::1111'],
  ]);
});

test('if none is left, the problem names the setting, and whether it would help', () => {
  expect(permitted(false, ['10.0.0.1'], ['::1'])).toBe(
    'no message may name a smarthost at h0.example 10.0.0.1, h1.example ::1: smarthost-private-addresses would allow private ones',
  );
  for (const allowed of [false, true])
    expect(permitted(allowed, ['127.0.0.1', '169.254.1.1'])).toBe(
      'no message may name a smarthost at h0.example 127.0.0.1 169.254.1.1: smarthost-private-addresses does not allow this function’s own',
    );
});

test('this machine’s own interfaces are refused, whatever their range', () => {
  const own = Object.values(networkInterfaces()).flatMap(each => each?.map(({address}) => address) ?? []);
  expect(own).not.toEqual([]);
  expect(permitted(true, own)).toContain('no message may name a smarthost at');
});

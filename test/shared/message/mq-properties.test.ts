import {describe, expect, test} from 'vitest';
import {propertiesOf} from '../../../shared/message/mq-properties.ts';

const field = (name: string, value: string) => ({name, value});

describe('fields stand for properties', () => {
  test.each([
    ['smarthost-hostname', {smarthost: {hostname: 'v'}}],
    ['smarthost-port', {smarthost: {port: 'v'}}],
    ['smarthost-username', {smarthost: {username: 'v'}}],
    ['smarthost-password', {smarthost: {password: 'v'}}],
    ['smarthost-security', {smarthost: {security: 'v'}}],
    ['results-queue', {queues: {results: 'v'}}],
    ['failure-queue', {queues: {failure: 'v'}}],
    ['success-queue', {queues: {success: 'v'}}],
    ['retry-queue', {queues: {retry: 'v'}}],
    ['dsn-notify', {dsn: {notify: 'v'}}],
    ['dsn-ret', {dsn: {ret: 'v'}}],
    ['dsn-orcpt', {dsn: {orcpt: 'v'}}],
    ['dsn-envid', {dsn: {envid: 'v'}}],
    ['delayed', {delayed: 'v'}],
    ['tag', {tags: ['v']}],
    ['ip', {ips: ['v']}],
    ['recipient', {recipient: 'v'}],
    ['anything-else', {'anything-else': 'v'}],
  ])('x-mq-%s sets %j', (name, properties) => {
    expect(propertiesOf([field(name, 'v')])).toEqual({properties, ambiguous: []});
  });

  test('x-mq-tag and x-mq-ip add up, in their order', () => {
    const fields = [field('tag', 'b'), field('ip', '::1'), field('tag', 'a'), field('tag', 'b')];
    expect(propertiesOf(fields)).toEqual({properties: {tags: ['b', 'a', 'b'], ips: ['::1']}, ambiguous: []});
  });

  test('a field that is repeated with the same value counts once', () => {
    const fields = [
      field('key', 'k'),
      field('key', 'k'),
      field('smarthost-port', '25'),
      field('smarthost-port', '25'),
    ];
    expect(propertiesOf(fields)).toEqual({properties: {key: 'k', smarthost: {port: '25'}}, ambiguous: []});
  });

  test.each([
    [[field('key', 'a'), field('key', 'b')], ['x-mq-key']],
    [[field('smarthost-port', '25'), field('smarthost-port', '26')], ['x-mq-smarthost-port']],
    [[field('smarthost', 'h'), field('smarthost-port', '25')], ['x-mq-smarthost-port']],
    [[field('smarthost-port', '25'), field('smarthost', 'h')], ['x-mq-smarthost']],
    [
      [field('a', '1'), field('b', '1'), field('a', '2'), field('b', '2'), field('a', '3')],
      ['x-mq-a', 'x-mq-b'],
    ],
    [[field('tag', 'a'), field('tags', 'b')], ['x-mq-tags']],
    [[field('tags', 'abc'), field('tag', 'd')], ['x-mq-tag']],
  ])('conflicting repeats are named: %j', (fields, ambiguous) => {
    expect(propertiesOf(fields).ambiguous).toEqual(ambiguous);
  });

  test('an empty field says nothing', () => {
    const {properties, ambiguous} = propertiesOf([
      field('a', ''),
      field('a', '1'),
      field('a', ''),
      field('tag', ''),
      field('smarthost-port', ''),
      field('b', ''),
    ]);
    expect(properties).toEqual({a: '1'});
    expect(ambiguous).toEqual([]);
  });

  test.each(['__proto__', 'constructor'])(
    'x-mq-%s is a custom property like another and harms nothing',
    name => {
      const {properties, ambiguous} = propertiesOf([field(name, 'v'), field('a', '1')]);
      expect(Object.entries(properties)).toEqual([
        [name, 'v'],
        ['a', '1'],
      ]);
      expect(ambiguous).toEqual([]);
      expect(Object.getPrototypeOf(properties)).toBe(Object.prototype);
    },
  );
});

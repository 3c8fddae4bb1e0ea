import {describe, expect, test} from 'vitest';
import {at, bodyWith, message, parse, plain, refusalOf} from '../../samples/messages.ts';

const relay = {hosts: ['mx.example.net'], port: 25};
const hostname = 'mx.example.net';

describe('what a property says', () => {
  test.each([
    ['envelope', undefined, {envelope: undefined}],
    ['envelope', null, {envelope: undefined}],
    ['envelope', '', {envelope: undefined}],
    ['envelope', '<>', {envelope: undefined}],
    ['envelope', 'A@B.example', {envelope: {address: 'A@B.example', localPart: 'A', domain: 'b.example'}}],
    ['mime', plain.mime, {text: plain.mime}],
    ['smarthost', null, {smarthost: undefined}],
    ['smarthost', {hostname}, {smarthost: relay}],
    [
      'smarthost',
      {hostname: 'A.example, ::1,a.example'},
      {smarthost: {hosts: ['a.example', '::1'], port: 25}},
    ],
    ['smarthost', {hostname: ['a.example', '[::1]']}, {smarthost: {hosts: ['a.example', '::1'], port: 25}}],
    ['smarthost', {hostname, port: 587}, {smarthost: {...relay, port: 587}}],
    ['smarthost', {hostname, port: '587'}, {smarthost: {...relay, port: 587}}],
    ['smarthost', {hostname, port: null, username: null, password: null}, {smarthost: relay}],
    ['smarthost', {hostname: '[::1]', port: 65535}, {smarthost: {hosts: ['::1'], port: 65535}}],
    [
      'smarthost',
      {hostname, username: 'u', password: ' p '},
      {smarthost: {...relay, credentials: {username: 'u', password: ' p '}}},
    ],
    ['smarthost', {hostname, security: 'verified'}, {smarthost: {...relay, security: 'verified'}}],
    ['smarthost', {hostname, username: 'u'}, {smarthost: {...relay, missingCredential: 'password'}}],
    ['smarthost', {hostname, password: 'p'}, {smarthost: {...relay, missingCredential: 'username'}}],
    [
      'smarthost',
      {hostname, username: ' ', password: 'p'},
      {smarthost: {...relay, missingCredential: 'username'}},
    ],
    [
      'smarthost',
      {hostname, username: 'u', password: ''},
      {smarthost: {...relay, missingCredential: 'password'}},
    ],
    [
      'smarthost',
      {hostname, username: 'u', password: ' '},
      {smarthost: {...relay, credentials: {username: 'u', password: ' '}}},
    ],
    ['smarthost', {hostname, port: '', username: '', password: '', security: ' '}, {smarthost: relay}],
    ['smarthost', {hostname, port: 25.0, extra: null, auth: ''}, {smarthost: relay}],
    ['smarthost', {}, {smarthost: undefined}],
    ['smarthost', '', {smarthost: undefined}],
    ['smarthost', {hostname: null}, {smarthost: undefined}],
    ['smarthost', {hostname: ''}, {smarthost: undefined}],
    [
      'smarthost',
      {hostname: ' ', port: '', username: '', password: '', security: null, x: ''},
      {smarthost: undefined},
    ],
    ['smarthost', 'smtp://mx.example.net', {smarthost: relay}],
    ['smarthost', {hostname: 'smtp://mx.example.net:25', port: ''}, {smarthost: relay}],
    [
      'smarthost',
      'smtps://u:%20p@mx.example.net',
      {smarthost: {...relay, port: 465, implicitTls: true, credentials: {username: 'u', password: ' p'}}},
    ],
    [
      'smarthost',
      {hostname: 'smtp://u:p@mx.example.net', security: 'verified'},
      {smarthost: {...relay, credentials: {username: 'u', password: 'p'}, security: 'verified'}},
    ],
    ['smarthost', 'smtp://u@mx.example.net', {smarthost: {...relay, missingCredential: 'password'}}],
    ['security', 'required', {security: 'required'}],
    ['security', '', {security: undefined}],
    ['nextattempt', {time: ''}, {nextAttemptMs: undefined}],
    ['nextattempt', '', {nextAttemptMs: undefined}],
    ['delayed', ' ', {nextAttemptMs: undefined}],
    ['maxdelivertime', '', {maxDeliverTimeMs: undefined}],
    ['maxattempts', '', {maxAttempts: undefined}],
    ['retries', '', {retries: undefined}],
    ['queues', '', {queues: {}}],
    ['queues', {failure: '', retry: null, dsn: ' '}, {queues: {retry: null}}],
    ['keepmime', '', {keepMime: false}],
    ['tags', '', {tags: []}],
    ['dsn', '', {}],
    ['dkim', '', {}],
    ['strict', '', {}],
    ['mq-headers', '', {}],
    ['my-own', '', {properties: {'my-own': ''}}],
    ['nextattempt', {time: '2030-01-01 12:00:01'}, {nextAttemptMs: at('2030-01-01 12:00:01')}],
    ['delayed', '2030-01-01 12:00:01', {nextAttemptMs: at('2030-01-01 12:00:01')}],
    ['maxdelivertime', '2030-01-02 00:00:00', {maxDeliverTimeMs: at('2030-01-02 00:00:00')}],
    ['maxattempts', 3, {maxAttempts: 3}],
    ['maxattempts', '3', {maxAttempts: 3}],
    ['retries', [600, '1800'], {retries: [600, 1800]}],
    ['retries', [31_536_000], {retries: [31_536_000]}],
    ['retries', '600, 1800,0', {retries: [600, 1800, 0]}],
    ['queues', undefined, {queues: {}}],
    ['queues', {failure: 'my-queue', retry: null}, {queues: {failure: 'my-queue', retry: null}}],
    ['keepmime', undefined, {keepMime: false}],
    ['keepmime', true, {keepMime: true}],
    ['keepmime', 1, {keepMime: true}],
    ['keepmime', 0, {keepMime: false}],
    ['keepmime', '0', {keepMime: false}],
    ['keepmime', 'true', {keepMime: true}],
    ['keepmime', 'yes', {keepMime: true}],
    ['keepmime', 'false', {keepMime: false}],
    ['keepmime', 'no', {keepMime: false}],
    ['tags', undefined, {tags: []}],
    ['tags', ['a', 'b'], {tags: ['a', 'b']}],
    ['results', [{state: 'x'}], {results: [{state: 'x'}]}],
    ['inlinecss', false, {}],
    ['inlinecss', '0', {}],
    ['inlinecss', 'false', {}],
    ['dkim', null, {}],
    ['my-own', {deep: [1, null]}, {}],
  ])('%s: %j', (name, value, expected) => {
    expect(message({[name]: value})).toMatchObject(expected);
  });
});

const list = 'must be a list of seconds, such as [600, 1800] or "600,1800"';
const queue = 'must be the name of a standard SQS queue (letters, digits, - and _), or null for none';
const time = 'must be a UTC time as YYYY-MM-DD HH:MM:SS';
const notHeaders = 'must be an object such as {"replace": "Subject: hello", "remove": ["X-Mailer"]}';
const notYet = 'is not supported yet, and sending without it would send something else: remove it';
const mime = 'must be the MIME text, or an object with from, to, subject, text, …';
const clear = 'must be a text without control characters';
const twice =
  'has a URL as its hostname, and beside it what belongs into the URL: port, username or password';
const ownProperty = 'is the pipeline’s own property: remove it';
const tracking = {id: 'm', arrived: '2030-01-01 00:00:00', attempts: 0, hops: 0};

describe('what is wrong with a property, and where', () => {
  test.each([
    ['envelope', 7, 'envelope', 'must be a string holding one address'],
    ['envelope', 'x', 'envelope', 'must be an address such as user@example.org'],
    ['recipient', undefined, 'recipient', 'is missing'],
    ['recipient', null, 'recipient', 'is missing'],
    ['recipient', ['a@b.example'], 'recipient', 'must be a string holding one address'],
    ['recipient', '', 'recipient', 'must be an address such as user@example.org'],
    [
      'recipient',
      'a@b.example\r\nDATA',
      'recipient',
      'must not hold control characters, line ends or angle brackets',
    ],
    ['mime', undefined, 'mime', 'is missing'],
    ['mime', '', 'mime', mime],
    ['mime', 7, 'mime', mime],
    ['mime', ['x'], 'mime', mime],
    ['mime', 'x-mq-tag: all there is\n', 'mime', mime],
    ['mime', 'Subject: \ud800\n\n', 'mime', 'has an unpaired surrogate, which UTF-8 cannot express'],
    ['smarthost', hostname, 'smarthost', 'must be an object with a hostname'],
    ['smarthost', [], 'smarthost.hostname', 'is missing'],
    ['smarthost', {port: 25}, 'smarthost.hostname', 'is missing'],
    ['smarthost', {hostname: '', port: 25}, 'smarthost.hostname', 'is missing'],
    [
      'smarthost',
      'http://u:hunter2@mx.example.net',
      'smarthost',
      'must be a URL such as smtp://host:587 or smtps://host',
    ],
    [
      'smarthost',
      {hostname: 'smtp://u:hunter2@'},
      'smarthost.hostname',
      'is a URL whose host is not a host name or an IP address',
    ],
    ['smarthost', {hostname: 'smtp://mx.example.net', port: 25}, 'smarthost', twice],
    ['smarthost', {hostname: 'smtp://mx.example.net', username: 'u'}, 'smarthost', twice],
    ['smarthost', {hostname: 'a b'}, 'smarthost.hostname', 'must be a host name or an IP address'],
    [
      'smarthost',
      {hostname: 'mx:25'},
      'smarthost.hostname',
      'must be a host name alone; the port goes into its own property',
    ],
    ['smarthost', {hostname, port: 0}, 'smarthost.port', 'must be a whole number from 1 to 65535'],
    ['smarthost', {hostname, port: '65536'}, 'smarthost.port', 'must be a whole number from 1 to 65535'],
    ['smarthost', {hostname, port: '2e1'}, 'smarthost.port', 'must be a whole number from 1 to 65535'],
    ['smarthost', {hostname, username: 'u', password: 7}, 'smarthost.password', clear],
    ['smarthost', {hostname, password: 7}, 'smarthost.password', clear],
    ['smarthost', {hostname, username: 'u', password: 'p\n'}, 'smarthost.password', clear],
    [
      'smarthost',
      {hostname, security: 'none'},
      'smarthost.security',
      'must be one of optional, opportunistic, required, verified',
    ],
    ['security', 'Required', 'security', 'must be one of optional, opportunistic, required, verified'],
    [
      'nextattempt',
      '2030-01-01 00:00:00',
      'nextattempt',
      'must be an object such as {"time": "2030-01-01 09:00:00"}',
    ],
    ['nextattempt', {}, 'nextattempt.time', 'is missing'],
    ['nextattempt', {time: '2030-02-30 00:00:00'}, 'nextattempt.time', time],
    ['delayed', ['2030-01-01 12:00:01'], 'delayed', time],
    ['delayed', 60, 'delayed', time],
    ['maxdelivertime', '2030-01-01T00:00:00Z', 'maxdelivertime', time],
    ['maxattempts', 0, 'maxattempts', 'must be a whole number from 1 to 1000000'],
    ['maxattempts', 1.5, 'maxattempts', 'must be a whole number from 1 to 1000000'],
    ['maxattempts', ['3'], 'maxattempts', 'must be a whole number from 1 to 1000000'],
    ['retries', [], 'retries', list],
    ['retries', '600,', 'retries', list],
    ['retries', [-1], 'retries', list],
    ['retries', [31_536_001], 'retries', list],
    ['retries', 600, 'retries', list],
    ['queues', 'q', 'queues', 'must be an object such as {"failure": "name-of-a-queue", "retry": null}'],
    ['queues', ['q'], 'queues', 'must be an object such as {"failure": "name-of-a-queue", "retry": null}'],
    ['queues', {failure: 'https://sqs/q'}, 'queues.failure', queue],
    ['queues', {results: ['my-queue']}, 'queues.results', queue],
    ['queues', {retry: 'q'.repeat(81)}, 'queues.retry', queue],
    ['keepmime', 'perhaps', 'keepmime', 'must be true or false'],
    ['strict', 'perhaps', 'strict', 'must be true or false'],
    ['mq-headers', 'ignored', 'mq-headers', 'must be one of obeyed, stripped, refused'],
    ['mime', 'Subject: s\r\n\r\na\0b', 'mime', 'has a NUL character in line 3, which no server takes'],
    ['mime', 'x-mq-tag: \0\r\n\r\nb', 'mime', 'has a NUL character in line 1, which no server takes'],
    ['tags', 'a', 'tags', 'must be a list of strings'],
    ['tags', ['a', 1], 'tags.1', 'must be a string'],
    ['results', {}, 'results', 'must be a list'],
    ['results', [{}, 'x'], 'results.1', 'must be an object'],
    ['dsn', 'x', 'dsn', 'must be an object'],
    ['key', 'k', 'key', notYet],
    ['dkim', {key: 'hunter2'}, 'dkim', expect.stringMatching(/^has a member key that is wrong/)],
    ['headers', [], 'headers', notHeaders],
    ['headers', 'remove', 'headers', notHeaders],
    ['data', 0, 'data', notYet],
    ['inlinecss', true, 'inlinecss', notYet],
    ['relayq', {}, 'relayq', ownProperty],
    ['relayq', 'x', 'relayq', ownProperty],
    ['relayq', {...tracking, attempts: -1}, 'relayq', ownProperty],
    ['relayq', {...tracking, hops: 0.5}, 'relayq', ownProperty],
    ['relayq', {...tracking, id: ''}, 'relayq', ownProperty],
    ['relayq', {...tracking, id: 'ä'}, 'relayq', ownProperty],
    ['relayq', {...tracking, id: 'm'.repeat(81)}, 'relayq', ownProperty],
    ['relayq', {...tracking, arrived: 'now'}, 'relayq', ownProperty],
    ['relayq', {...tracking, id: 7}, 'relayq', ownProperty],
    ['relayq', {...tracking, arrived: [tracking.arrived]}, 'relayq', ownProperty],
    ['relayq', {...tracking, slot: [tracking.arrived]}, 'relayq', ownProperty],
  ])('%s: %j', (name, value, path, problem) => {
    expect(refusalOf(parse(bodyWith({[name]: value}))).problems).toEqual([{path, problem}]);
  });
});

test('a smarthost with a bad hostname and a bad port has two problems', () => {
  const {problems} = refusalOf(parse(bodyWith({smarthost: {hostname: 'a b', port: 0, username: 'u'}})));
  expect(problems.map(({path}) => path).sort()).toEqual(['smarthost.hostname', 'smarthost.port']);
});

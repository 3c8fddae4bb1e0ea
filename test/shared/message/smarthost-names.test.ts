import {describe, expect, test} from 'vitest';
import {withoutSecrets} from '../../../shared/message/secrets.ts';
import {problemsText} from '../../../shared/parsed.ts';
import {bodyWith, message, parse, refusalOf} from '../../samples/messages.ts';

const relay = {hosts: ['mx.example.net'], port: 25};
const hostname = 'mx.example.net';
const tracking = {id: 'm', arrived: '2030-01-01 00:00:00', attempts: 0, hops: 0};

describe('what a smarthost has under other names', () => {
  const unknown = 'has a member that is unknown; known are hostname, port, username, password, security';
  test.each([
    [{host: hostname}, ['smarthost.host is unknown: call it hostname', 'smarthost.hostname is missing']],
    [
      {hostname, user: 'u', pass: 'hunter2'},
      ['smarthost.user is unknown: call it username', 'smarthost.pass is unknown: call it password'],
    ],
    [
      {hostname, auth: {user: 'u', pass: 'hunter2'}},
      ['smarthost.auth is unknown: call it username and password'],
    ],
    [{hostname, secure: true}, ['smarthost.secure is unknown: call it security']],
    [{hostname, Username: 'u'}, ['smarthost.Username is unknown: call it username']],
    [{hostname, user_name: 'u'}, ['smarthost.user_name is unknown: call it username']],
    [{hostname, hunter2: 'x'}, [`smarthost ${unknown}`]],
    [
      {hostname, [`password${'-'.repeat(1000)}`]: 'x'},
      ['smarthost.password------------ is unknown: call it password'],
    ],
    [{hostname, ['p'.repeat(1_000_000)]: 'x'}, [`smarthost ${unknown}`]],
  ])('%j', (smarthost, expected) => {
    const {problems, properties} = refusalOf(parse(bodyWith({smarthost})));
    expect(problemsText(problems).split('; ')).toEqual(expected.flatMap(text => text.split('; ')));
    expect(JSON.stringify([problems, withoutSecrets(properties!)])).not.toContain('hunter2');
  });

  test.each([
    'x-mq-smarthost-password',
    'smarthost-user',
    'smarthost_pass',
    'Smarthost.auth',
    'smarthost-password',
  ])('a property %s', name => {
    const {problems} = refusalOf(parse(bodyWith({[name]: 'hunter2'})));
    expect(problems).toEqual([
      {
        path: '',
        problem:
          'has a property that is nearly called smarthost; in smarthost known are hostname, port, username, password, security',
      },
    ]);
  });

  test('do not matter in a message that is under way already', () => {
    const smarthost = {hostname, auth: {user: 'u'}};
    expect(message({smarthost, 'smarthost-user': 'u', relayq: tracking}).smarthost).toEqual(relay);
  });
});

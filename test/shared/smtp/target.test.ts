import {expect, test} from 'vitest';
import type {Fact} from '../../../shared/smtp/fact.ts';
import {failureInClear, mayBeInClear, type Target} from '../../../shared/smtp/target.ts';

const plain: Target = {
  host: 'mx.example.org',
  address: '8.8.4.4',
  port: 25,
  security: 'opportunistic',
  implicitTls: false,
};
const credentials = {username: 'me', password: 'hunter2'};
const dane = {records: [], names: []};
const loopback = {address: '127.0.0.1', credentials};

test.each<[Partial<Target>, fallback: boolean, Fact | undefined]>([
  [{}, true, undefined],
  [{security: 'optional'}, true, undefined],
  [{security: 'required'}, false, 'tls-unavailable'],
  [{security: 'verified'}, false, 'tls-unavailable'],
  [{dane}, false, 'tls-unavailable'],
  [{security: 'optional', dane}, false, 'tls-unavailable'],
  [{implicitTls: true}, false, undefined],
  [{security: 'optional', implicitTls: true}, false, undefined],
  [{credentials}, false, 'auth-needs-tls'],
  [{credentials, security: 'optional'}, true, undefined],
  [{credentials, security: 'required'}, false, 'tls-unavailable'],
  [loopback, false, undefined],
  [{...loopback, security: 'optional'}, true, undefined],
  [{...loopback, security: 'verified'}, false, 'tls-unavailable'],
])(
  '%o may be tried in clear when TLS fails: %s; what is wrong with clear text: %s',
  (more, fallback, fact) => {
    const target = {...plain, ...more};
    expect([mayBeInClear(target), failureInClear(target)?.fact]).toEqual([fallback, fact]);
  },
);

import {expect, test} from 'vitest';
import {parsePostponed, postponedBody} from '../../../shared/delivery/postponed-result.ts';

const body =
  '{"recipient":"a@b.example","fate":"accepted","odd":"\\uffff","large":12345678901234567890,"exact":1.10}';

test.each([
  {kind: 'results', body},
  {kind: 'failure', name: 'relayq-dev-failure-mine', body},
] as const)('a result for $kind, $name, waits and is the same again', copy => {
  expect(parsePostponed(postponedBody(copy))).toEqual({name: undefined, ...copy});
});

test.each([
  body,
  '{"relayq":{"publish":"results"}',
  '{"relayq":{"publish":"elsewhere"},"result":{}}',
  '{"relayq":{"publish":"results"},"result":1}',
  '{"result":{},"relayq":{"publish":"results"}}',
  '{"relayq":{"publish":"results","to":1},"result":{}}',
])('%s is none', text => {
  expect(parsePostponed(text)).toBeUndefined();
});

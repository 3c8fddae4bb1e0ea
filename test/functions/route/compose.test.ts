import fc from 'fast-check';
import {expect, test} from 'vitest';
import {composedText} from '../../../functions/route/compose.ts';
import type {JsonObject} from '../../../shared/json.ts';
import {readMqHeaders} from '../../../shared/message/mq-headers.ts';
import {draft} from '../../samples/messages.ts';

const compose = (headers: JsonObject) =>
  composedText(draft({from: 'a@b.example', subject: 's', text: 't', headers}));

test('x-mq-* headers of an object are read back exactly, however they are encoded and folded', async () => {
  const text = fc
    .string({
      unit: fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom(' ', '=', '?', '"', '_', '\\', ':', 'a', 'Q', '=?utf-8?Q?', '?='),
        },
        fc.string({unit: 'grapheme', minLength: 1, maxLength: 1}),
        fc.constantFrom('ü', '€', '😀', 'word ', 'x'.repeat(30)),
      ),
      minLength: 1,
      maxLength: 80,
    })
    .map(value => value.trim())
    .filter(value => value !== '' && value.isWellFormed() && !/[\r\n]/.test(value));
  // A word that is encoded already is taken for one: whoever writes it means it so.
  const isEncoded = /(?:^|\s)=\?[^\s?]+\?[BQ]\?[^\s?]*\?=(?:\s|$)/i;
  await fc.assert(
    fc.asyncProperty(
      text.filter(value => !isEncoded.test(value)),
      text.filter(value => !isEncoded.test(value)),
      async (a, b) => {
        const {fields, near} = readMqHeaders(await compose({'x-mq-a': a, 'X-MQ-Smarthost-Password': b}));
        expect(near).toEqual([]);
        expect(fields).toEqual([
          {name: 'a', value: a},
          {name: 'smarthost-password', value: b},
        ]);
      },
    ),
    {numRuns: 300},
  );
});

import {expect, test} from 'vitest';
import {Turns} from '../../../../functions/deliver/smtp/turns.ts';

/** What has happened so far, once nothing more happens by itself. */
const settled = () => new Promise(resolve => setImmediate(resolve));

test('messages begin one after the other, each when the one before has passed the turn on', async () => {
  const turns = new Turns();
  const begun: string[] = [];
  const [a, b, c] = ['a', 'b', 'c'].map(async name => {
    const turn = await turns.next();
    begun.push(name);
    return turn;
  });
  await settled();
  expect(begun).toEqual(['a']);
  (await a!).pass();
  await settled();
  expect(begun).toEqual(['a', 'b']);
  (await b!).pass();
  (await b!).pass();
  await c;
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('a message takes another turn after the one that has it, and before those that have not begun', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const first = await turns.next();
  await first.take();
  first.pass();
  const second = await turns.next();
  const third = turns.next().then(turn => {
    order.push('third');
    return turn;
  });
  const again = first.take().then(() => order.push('first'));
  await settled();
  expect(order).toEqual([]);
  second.pass();
  await again;
  await settled();
  expect(order).toEqual(['first']);
  first.pass();
  (await third).pass();
  expect(order).toEqual(['first', 'third']);
  // Nobody has it now.
  await second.take();
});

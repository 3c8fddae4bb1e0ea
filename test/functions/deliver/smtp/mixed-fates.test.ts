// A thousand messages of mixed fates: with flights and without them they end in the same.

import {afterEach, expect, test} from 'vitest';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import {Dice} from '../../../samples/dice.ts';
import {mailbox} from '../../../samples/messages.ts';
import {allOffers, type Spoken} from '../../../servers/chunking-server.ts';
import {endLanes, mailTo} from '../lane-under-test.ts';
import {flying, sendAll, sentByBdat, serve} from './flights-under-test.ts';

afterEach(endLanes);

const seed = Number(process.env.RELAYQ_TEST_SEED ?? Date.now() % 100_000);
const size = 1000;
const lanes = 5;

/** What is wrong with a message. It is in its addresses, so that the server knows it too. */
const faults = ['mail550', 'rcpt550', 'rcpt450', 'text554', 'text451', 'leave', 'fine'] as const;
const dice = new Dice(seed, 'mixed fates');
const faultOf = Array.from({length: size}, () => (dice.chance(0.7) ? 'fine' : dice.oneOf(faults)));
const nameOf = (number: number) => `${faultOf[number]}-${number}`;
const mailOf = (number: number) => {
  const name = nameOf(number);
  const filling = `${`.line ${'x'.repeat(60)}\r\n`.repeat(number % 97)}ü\r\n`.repeat(
    number % 13 === 0 ? 40 : 1,
  );
  const mail = mailTo(name, `Subject: ${name}\r\n\r\n${filling}`);
  return faultOf[number] === 'mail550' ? {...mail, from: mailbox('mail550@example.com')} : mail;
};

const says = () => {
  /** It says 421 to each of these once. */
  const left = new Set<string>();
  return ({verb, line, text}: Spoken): string | undefined => {
    if (verb === 'MAIL' && line.includes('<mail550@')) return '550 5.7.1 bad sender';
    if (verb === 'RCPT' && line.includes('<rcpt550-')) return '550 5.1.1 unknown';
    if (verb === 'RCPT' && line.includes('<rcpt450-')) return '450 4.2.1 later';
    if (text?.startsWith('Subject: text554-')) return '554 5.6.0 spam';
    if (text?.startsWith('Subject: text451-')) return '451 4.3.0 later';
    if (verb !== 'RCPT' || !line.includes('<leave-') || left.has(line)) return undefined;
    left.add(line);
    return '421 4.3.2 enough for now';
  };
};

async function fates(offers: readonly string[]) {
  const server = await serve({says: says(), offers});
  const connections = new Connections(Date.now);
  const outcomes: object[] = [];
  const sendLane = async (lane: number) => {
    for (let start = lane * 10; start < size; start += 10 * lanes) {
      const numbers = Array.from({length: 10}, (_, index) => start + index);
      const batch = {...flying(), capacity: {...flying().capacity, idleSeconds: 60}};
      const ends = await sendAll(server, numbers.map(mailOf), batch, connections);
      for (const [index, end] of ends.entries()) outcomes[numbers[index]!] = end;
    }
  };
  await Promise.all(Array.from({length: lanes}, (_, lane) => sendLane(lane)));
  connections.close();
  return {outcomes, server};
}

test('a thousand messages of mixed fates', async () => {
  const without = await fates(allOffers.filter(offer => offer !== 'CHUNKING'));
  const withFlights = await fates(allOffers);
  expect(sentByBdat(without.server)).toBe(0);
  expect(sentByBdat(withFlights.server)).toBeGreaterThan(size / 2);
  expect(withFlights.outcomes, `seed ${seed}`).toEqual(without.outcomes);
  const subjects = ({texts}: typeof without.server) => texts.map(text => text.split('\r\n')[0]!).toSorted();
  expect(subjects(withFlights.server), `seed ${seed}`).toEqual(subjects(without.server));
  expect(new Set(subjects(withFlights.server)).size).toBe(withFlights.server.texts.length);
  expect(withFlights.server.texts.toSorted()).toEqual(without.server.texts.toSorted());
});

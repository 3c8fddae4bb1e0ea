// Messages in flights: MAIL, RCPT and BDAT of several of them before the first reply, to a server that knows BDAT.

import {afterEach, describe, expect, test} from 'vitest';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import type {Spoken} from '../../../servers/chunking-server.ts';
import {done, endLanes, mailTo} from '../lane-under-test.ts';
import {
  flying,
  names,
  sendAll,
  sentByBdat,
  sentByData,
  serve,
  serveFlight,
  textOf,
} from './flights-under-test.ts';

afterEach(endLanes);

const ten = names(10);
const refused = (stage: string, code: number) => ({ok: false, stage, result: 'error', code});
const maybe = (result: 'lost' | 'timeout' | 'invalid') => ({
  ok: false,
  stage: 'message',
  result,
  code: undefined,
});
/** In the parameter of a command, or the text. */
const isTo =
  (name: string, verb: string) =>
  ({verb: spoken, line}: Spoken): boolean =>
    spoken === verb && line.includes(`<${name}@`);

describe('a server that offers PIPELINING and CHUNKING', () => {
  test('is asked if it knows BDAT, and gets the next messages by it', async () => {
    const server = await serve();
    expect(await sendAll(server, ten)).toEqual(ten.map(() => done));
    expect(server.texts).toEqual(ten.map(textOf));
    expect(server.commands.slice(1, 5)).toEqual([
      'BDAT 0 LAST',
      'MAIL FROM:<from@example.com> SIZE=21',
      'RCPT TO:<m0@example.org>',
      'DATA',
    ]);
    expect([sentByData(server), sentByBdat(server)]).toEqual([1, 9]);
    expect(server.connections()).toBe(1);
  });

  test.each([
    [10, 16],
    [100, 16],
    [3, 11],
  ])('gets twice as many at a time after each flight, where %i may be in one', async (most, read) => {
    // After the one by DATA, 1, 2 and 4 are answered. Eight may leave then.
    const server = await serve({says: spoken => (isTo('m8', 'RCPT')(spoken) ? 'hold:' : undefined)});
    const sending = sendAll(server, names(30), flying(most));
    await expect.poll(() => server.texts.length).toBe(read);
    server.release();
    expect(await sending).toEqual(names(30).map(() => done));
    expect(server.texts).toEqual(names(30).map(textOf));
  });

  test('is not asked, and gets no flight, where the capacity has one message in a flight', async () => {
    const server = await serve();
    expect(await sendAll(server, ten, flying(1))).toEqual(ten.map(() => done));
    expect([sentByData(server), server.commands.filter(line => /^BDAT/.test(line))]).toEqual([10, []]);
  });

  test('gets no flight while its receiver is in trouble', async () => {
    const server = await serve();
    expect(await sendAll(server, ten, {...flying(), isTroubled: () => true})).toEqual(ten.map(() => done));
    expect(sentByBdat(server)).toBe(0);
  });

  test('gets no flight where a round trip is too short to win anything', async () => {
    const server = await serve();
    expect(await sendAll(server, ten, {...flying(), leastRoundTripMs: 60_000})).toEqual(ten.map(() => done));
    expect(sentByBdat(server)).toBe(0);
  });

  test.each([['PIPELINING'], ['CHUNKING']])('is not asked if it offers %s alone', async offer => {
    const server = await serve({offers: [offer]});
    expect(await sendAll(server, ten)).toEqual(ten.map(() => done));
    expect(server.commands.filter(line => /^BDAT/.test(line))).toEqual([]);
  });

  test('gets dots, and octets above 127, as they are', async () => {
    const server = await serve();
    const text = 'Subject: x\r\n\r\n.\r\n..\r\nGrüße 😀\r\n.';
    const mail = mailTo('dots', text);
    expect(await sendAll(server, ['a', mail, mail])).toEqual([done, done, done]);
    expect(server.texts.slice(1)).toEqual([1, 2].map(() => Buffer.from(`${text}\r\n`).toString('latin1')));
    expect(server.commands.filter(line => line.includes('BODY=8BITMIME'))).toHaveLength(2);
  });

  test('gets a message of more than a megabyte alone, by DATA, when the others are answered', async () => {
    const server = await serve();
    const large = mailTo('large', `Subject: large\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(20_000)}`);
    expect(await sendAll(server, ['a', 'b', 'c', large, 'd', 'e'])).toEqual(
      [1, 2, 3, 4, 5, 6].map(() => done),
    );
    expect([sentByData(server), sentByBdat(server)]).toEqual([2, 4]);
    expect(server.texts[3]).toBe(large.content.octets().toString());
  });

  test('that reads nothing until its replies are read, and much is on its way, holds up nothing', async () => {
    const server = await serve({
      says: ({verb}) => (verb === 'RCPT' ? `250 ${'x'.repeat(60_000)}` : undefined),
    });
    const mails = names(12).map(name => mailTo(name, `Subject: ${name}\r\n\r\n${'y\r\n'.repeat(60_000)}`));
    expect(await sendAll(server, mails)).toEqual(mails.map(() => done));
  });
});

describe('in a flight', () => {
  const all = names(16);
  const rows = [
    ['MAIL', refused('mailfrom', 550), '550 5.1.8 no'],
    ['RCPT', refused('rcptto', 550), '550 5.1.1 unknown'],
    ['RCPT', refused('rcptto', 450), '450 4.2.1 later'],
    ['RCPT', refused('rcptto', 552), '552 full'],
  ] as const;

  test.each(rows)('%s that is refused refuses its message alone', async (verb, outcome, reply) => {
    const ofMail = verb === 'MAIL' ? /rare/ : /<m7@/;
    const server = await serveFlight({
      says: ({verb: spoken, line}) => (spoken === verb && ofMail.test(line) ? reply : undefined),
    });
    const mails = all.map(name =>
      verb === 'MAIL' && name === 'm7' ? {...mailTo(name), from: mailTo('rare').to} : name,
    );
    const outcomes = await sendAll(server, mails);
    expect(outcomes).toEqual(all.map(name => (name === 'm7' ? outcome : done)));
    expect(server.connections()).toBe(1);
  });

  test.each([
    ['554 5.7.1 spam', 554],
    ['451 4.3.0 later', 451],
    ['552 too much', 552],
  ])('BDAT that is answered by %s refuses its message alone', async (reply, code) => {
    const server = await serveFlight({says: ({text}) => (text === textOf('m7') ? reply : undefined)});
    const outcomes = await sendAll(server, all);
    expect(outcomes).toEqual(all.map(name => (name === 'm7' ? refused('message', code) : done)));
    expect(server.connections()).toBe(1);
  });

  test('the last message that is refused leaves nothing to the next batch', async () => {
    const server = await serveFlight({
      says: spoken => (isTo('m3', 'RCPT')(spoken) ? '550 5.1.1 unknown' : undefined),
    });
    const connections = new Connections(Date.now);
    const kept = {...flying(), capacity: {...flying().capacity, idleSeconds: 60}};
    const first = await sendAll(server, names(4), kept, connections);
    expect(first).toEqual([done, done, done, refused('rcptto', 550)]);
  });

  test('421 to a command ends the connection: nothing behind it was sent, and all of it goes over a new one', async () => {
    for (const verb of ['MAIL', 'RCPT', 'RSET']) {
      const server = await serveFlight({
        says: ({verb: spoken, line, connection, count}) =>
          connection === 1 && spoken === verb && (verb === 'RCPT' ? line.includes('<m7@') : count === 8)
            ? '421 4.3.2 enough'
            : undefined,
      });
      expect(await sendAll(server, all)).toEqual(all.map(() => done));
      expect(server.texts).toEqual(all.map(textOf));
      expect(server.connections()).toBe(2);
    }
  });

  test('421 to BDAT defers its message alone', async () => {
    const server = await serveFlight({
      says: ({text}) => (text === textOf('m7') ? '421 4.3.2 going' : undefined),
    });
    const outcomes = await sendAll(server, all);
    expect(outcomes).toEqual(all.map(name => (name === 'm7' ? refused('message', 421) : done)));
    expect(server.connections()).toBe(2);
  });

  test.each([
    ['nothing', ''],
    ['two replies', '503 5.5.1 no\r\n503 5.5.1 no'],
    ['two other replies', '554 5.5.1 no\r\n451 4.3.0 no'],
  ])('BDAT of a refused message that is answered by %s: nobody gets a reply of another', async (_, reply) => {
    const server = await serveFlight({
      says: ({verb, line, text}) => {
        if (verb === 'RCPT' && line.includes('<m7@')) return '550 5.1.1 unknown';
        return text === textOf('m7') ? reply : undefined;
      },
    });
    const outcomes = await sendAll(server, all);
    expect(outcomes.slice(0, 8)).toEqual([...names(7).map(() => done), refused('rcptto', 550)]);
    // What had left behind it may have been sent. What had not is sent over another connection.
    const behind = outcomes.slice(8);
    const doubtful = behind.filter(({ok}) => !ok);
    expect(doubtful.length).toBeGreaterThanOrEqual(2);
    for (const each of doubtful) expect([maybe('lost'), maybe('invalid')]).toContainEqual(each);
    expect(behind.slice(0, doubtful.length)).toEqual(doubtful);
    expect(server.connections()).toBe(2);
  });

  test('a server that loses its head is sent no other flight for a while', async () => {
    const connections = new Connections(Date.now);
    const server = await serveFlight({
      says: ({verb, line, text, connection}) => {
        if (connection > 1) return undefined;
        if (verb === 'RCPT' && line.includes('<m7@')) return '550 5.1.1 unknown';
        return text === textOf('m7') ? '' : undefined;
      },
    });
    await sendAll(server, all, flying(), connections);
    const before = sentByBdat(server);
    const later = names(8).map(name => `later-${name}`);
    expect(await sendAll(server, later, flying(), connections)).toEqual(later.map(() => done));
    expect(sentByBdat(server)).toBe(before);
  });

  test('BDAT that a server knew, and then does not know, is no refusal of the message', async () => {
    const server = await serve({
      says: ({text, connection}) =>
        connection === 1 && text === textOf('m1') ? '500 5.5.2 what?' : undefined,
    });
    expect(await sendAll(server, names(5))).toEqual(names(5).map(() => done));
    expect([sentByBdat(server), sentByData(server)]).toEqual([1, 5]);
  });

  test('a server that answers each BDAT twice is noticed at the first one, which is alone', async () => {
    const server = await serve({
      says: ({verb, text}) => (verb === 'BDAT' && text ? '250 ok\r\n250 ok' : undefined),
    });
    expect(await sendAll(server, names(6))).toEqual(names(6).map(() => done));
    expect([sentByBdat(server), server.connections()]).toEqual([1, 2]);
  });

  test('a SIZE that is refused is left out', async () => {
    const server = await serve({
      says: ({verb, line, count}) =>
        verb === 'MAIL' && count > 1 && line.includes('SIZE=')
          ? '555 5.5.4 unsupported parameter SIZE'
          : undefined,
    });
    expect(await sendAll(server, ten)).toEqual(ten.map(() => done));
    expect(server.connections()).toBe(1);
  });
});

describe('a connection that is lost', () => {
  test('leaves in doubt those messages whose text had left, and those alone', async () => {
    const server = await serveFlight({
      says: ({text, connection}) => (connection === 1 && text === textOf('m9') ? 'drop' : undefined),
    });
    const all = names(20);
    const outcomes = await sendAll(server, all);
    const doubtful = all.filter((_, index) => !outcomes[index]!.ok);
    expect(doubtful).toEqual(['m6', 'm7', 'm8', 'm9']);
    for (const name of doubtful) expect(outcomes[all.indexOf(name)]).toEqual(maybe('lost'));
    // Nothing in doubt was sent again, and the rest was sent once, in order.
    expect(server.texts).toEqual(all.filter(name => !doubtful.slice(3).includes(name)).map(textOf));
    expect(server.connections()).toBe(2);
  });

  test('costs a message nothing whose text had not left as a whole', async () => {
    const long = mailTo('long', `Subject: long\r\n\r\n${'z\r\n'.repeat(300_000)}`);
    // It stops reading in the middle of the long text.
    const server = await serve({mostOctets: 200_000});
    const other = await serve();
    expect(other.port).not.toBe(server.port);
    const outcomes = await sendAll(server, ['m0', 'm1', 'm2', 'm3', 'm4', long], flying(10, 3_000));
    expect(outcomes.slice(0, 5)).toEqual(names(5).map(() => done));
    expect(outcomes[5]).toMatchObject({ok: false, result: 'lost'});
  });

  test('after a silence leaves in doubt those that had left', async () => {
    const server = await serve({says: ({text}) => (text === textOf('m4') ? 'hold:' : undefined)});
    const more = {...flying(), patience: {afterTextMs: 300, beforeTextMs: 300}};
    const outcomes = await sendAll(server, names(7), more);
    expect(outcomes.slice(0, 4)).toEqual(names(4).map(() => done));
    expect(outcomes.slice(4)).toEqual([maybe('timeout'), maybe('lost'), maybe('lost')]);
  });
});

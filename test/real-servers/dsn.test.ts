// Delivery status notifications that Postfix sends, as the messages ask it to.

import {afterEach, expect, test} from 'vitest';
import {Connections} from '../../functions/deliver/pace/connections.ts';
import {dsnOf} from '../../shared/smtp/dsn.ts';
import {
  beginAll,
  done,
  endLanes,
  laneOf,
  mailTo,
  options,
  targetOf,
} from '../functions/deliver/lane-under-test.ts';
import {mailbox} from '../samples/messages.ts';
import {type MailServer, messagesWith} from '../servers/mail-server.ts';
import {postfix} from '../servers/postfix-server.ts';

let server: MailServer | undefined;
afterEach(async () => {
  await endLanes();
  await server?.stop();
  server = undefined;
});

test.skipIf(postfix.missing)(
  `Postfix${postfix.missing ? ` (skipped: ${postfix.missing})` : ''} reports each delivery of which it is asked to, by DATA and in flights`,
  async () => {
    server = await postfix.start();
    const mails = Array.from({length: 10}, (_, number) => ({
      ...mailTo('to'),
      from: mailbox('to+sender@example.org'),
      dsn: dsnOf({
        notify: ['SUCCESS', 'DELAY'],
        ret: 'HDRS',
        envid: `order=${number} + more`,
        orcpt: `rfc822;first+${number}@example.com`,
      }),
    }));
    const more = {...options({messagesPerFlight: 10}), leastRoundTripMs: 0};
    const lane = laneOf(new Connections(Date.now));
    const outcomes = await beginAll(lane, targetOf({port: server.mxPort}), mails, more);
    expect(outcomes).toEqual(mails.map(() => done));
    const reports = await messagesWith('Content-Type: message/delivery-status', server, mails.length);
    const told = reports.map(({text}) => ({
      envid: /^Original-Envelope-Id: (.*)$/m.exec(text)?.[1],
      first: /^Original-Recipient: (.*)$/m.exec(text)?.[1],
      action: /^Action: (.*)$/m.exec(text)?.[1],
    }));
    expect(told.toSorted((a, b) => a.envid!.localeCompare(b.envid!))).toEqual(
      mails.map((_, number) => ({
        envid: `order=${number} + more`,
        first: `rfc822;first+${number}@example.com`,
        action: 'delivered',
      })),
    );
  },
);

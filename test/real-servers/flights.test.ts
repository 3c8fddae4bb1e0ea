// Flights to real mail servers. Postfix and Exim offer CHUNKING, OpenSMTPD does not.

import net from 'node:net';
import {afterEach, describe, expect, test, vi} from 'vitest';
import {Connections} from '../../functions/deliver/pace/connections.ts';
import type {Target} from '../../shared/smtp/target.ts';
import {beginAll, done, endLanes, laneOf, mailTo, options} from '../functions/deliver/lane-under-test.ts';
import {mailbox} from '../samples/messages.ts';
import {exim} from '../servers/exim-server.ts';
import {type MailServer, messagesWith, type ServerKind} from '../servers/mail-server.ts';
import {openSmtpd} from '../servers/opensmtpd-server.ts';
import {postfix} from '../servers/postfix-server.ts';

let server: MailServer | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await endLanes();
  await server?.stop();
  server = undefined;
});

const count = 40;
const titleOf = ({name, missing}: ServerKind) => (missing ? `${name} (skipped: ${missing})` : name);
/** What servers would add. */
const head = (number: number) =>
  `Subject: flight-${number}.\r\nFrom: from@example.com\r\nTo: to@example.org\r\n` +
  `Date: Mon, 05 Jan 2026 12:00:00 +0000\r\nMessage-ID: <${number}@example.com>\r\n`;
const textOf = (number: number) =>
  `${head(number)}\r\n${`.a line of some length, with a dot in front\r\n`.repeat(number * 5)}end\r\n`;

/** The OpenSMTPD takes mail to everybody. */
describe.each([
  [postfix, {hasChunking: true, refuses: true}],
  [exim, {hasChunking: true, refuses: true}],
  [openSmtpd, {hasChunking: false, refuses: false}],
] as const)('$name', (kind, {hasChunking, refuses}) => {
  const isRefused = (number: number) => refuses && number % 7 === 3;
  test.skipIf(kind.missing)(
    `${titleOf(kind)} takes each message once, over TLS${refuses ? ', and refuses others between them' : ''}`,
    async () => {
      server = await kind.start();
      const writes = vi.spyOn(net.Socket.prototype, '_writev');
      const target: Target = {
        host: 'localhost',
        address: '127.0.0.1',
        port: server.mxPort,
        security: 'opportunistic',
        implicitTls: false,
      };
      const mails = Array.from({length: count}, (_, number) => ({
        ...mailTo(`m${number}`, textOf(number)),
        to: mailbox(isRefused(number) ? 'nobody@example.org' : `to+${number}@example.org`),
      }));
      const connections = new Connections(Date.now);
      const capacity = options({messagesPerFlight: 10, idleSeconds: 60});
      const batches = Array.from({length: count / 10}, (_, batch) =>
        mails.slice(10 * batch, 10 * batch + 10),
      );
      const outcomes: object[] = [];
      for (const batch of batches) {
        const lane = laneOf(connections);
        outcomes.push(...(await beginAll(lane, target, batch, {...capacity, leastRoundTripMs: 0})));
        await lane.close();
      }
      const unknown = {ok: false, stage: 'rcptto', result: 'error', code: 550};
      expect(outcomes).toEqual(mails.map((_, number) => (isRefused(number) ? unknown : done)));
      const taken = mails.flatMap((_, number) => (isRefused(number) ? [] : [number]));
      const messages = await messagesWith('Subject: flight-', server, taken.length);
      const texts = messages.map(({text}) => text.replaceAll('\n', '\r\n'));
      expect(texts.toSorted()).toEqual(taken.map(textOf).toSorted());
      // Before they are encrypted.
      const written = writes.mock.calls
        .map(([chunks]) => chunks.map(({chunk}) => `${chunk}`).join(''))
        .join('');
      const byBdat = written.match(/^BDAT [1-9]\d* LAST\r$/gm)?.length ?? 0;
      if (hasChunking) expect(byBdat).toBeGreaterThan(count / 2);
      else expect(written).not.toContain('BDAT');
    },
  );
});

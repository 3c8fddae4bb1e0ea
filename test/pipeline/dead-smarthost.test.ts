// The settings' smarthost fails for a while: all mail waits where it is, and goes as soon as it is back; no attempt is used
// up, and each recipient's mail stays in order.

import {describe, expect, test} from 'vitest';
import {certificateOf} from '../fixtures/fixture.ts';
import {mailTo, textOf} from '../samples/mail.ts';
import {smarthostParameters} from '../samples/relay-parameters.ts';
import {type LineServer, type Script, startLineServer} from '../servers/line-server.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

const recipients = 6;
const mailsEach = 5;
const subjects = Array.from({length: mailsEach}, (_, index) => String(index + 1));

/** Says something else to a line that matches. */
const saying =
  (pattern: RegExp, reply: string): NonNullable<Script['says']> =>
  line =>
    pattern.test(line) ? reply : undefined;

/** What the smarthost is meanwhile; nothing is that no server is there. */
const outages: readonly (readonly [string, Script | undefined])[] = [
  ['refuses connections', undefined],
  ['greets with 421', {says: saying(/^$/, '421 4.3.2 not now\r\n')}],
  ['answers MAIL with 421', {says: saying(/^MAIL/, '421 4.3.2 not now\r\n')}],
  ['answers MAIL with 451', {says: saying(/^MAIL/, '451 4.3.0 try again later\r\n')}],
  ['has lost its certificate', {tls: certificateOf('example.org')}],
];

class Smarthost {
  /** The subjects that each recipient was sent, in order. */
  readonly received = new Map<string, string[]>();
  port = 0;
  #server: LineServer | undefined;

  async is(script: Script | undefined): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
    if (script === undefined) return;
    const recipientOf = new WeakMap<object, string>();
    this.#server = await startLineServer({
      tls: certificateOf('localhost'),
      ...script,
      port: this.port,
      says: (line, isSecure, exchange) => {
        const recipient = /^RCPT TO:<(.+?)>/.exec(line)?.[1];
        if (recipient !== undefined) recipientOf.set(exchange.socket, recipient);
        const subject = /^Subject: (.*?)\r$/m.exec(exchange.text ?? '')?.[1];
        if (subject !== undefined) this.#note(recipientOf.get(exchange.socket)!, subject);
        return script.says?.(line, isSecure, exchange);
      },
    });
    this.port = this.#server.port;
  }

  #note(recipient: string, subject: string): void {
    this.received.set(recipient, [...(this.received.get(recipient) ?? []), subject]);
  }
}

describe.concurrent('a smarthost that', () => {
  test.each(outages)('%s', async (_, outage) => {
    const smarthost = new Smarthost();
    await smarthost.is({});
    const pipeline = await Pipeline.start({
      ...smarthostParameters({hostname: 'localhost', port: smarthost.port}),
      'smarthost-ca': certificateOf('localhost').cert,
      'smarthost-security': 'verified',
      'smarthost-private-addresses': 'allowed',
      'capacity/smarthost': '{"connections": 3}',
    });
    try {
      // It has worked before.
      await pipeline.send(mailTo('first@example.org', {mime: textOf('first')}));
      await pipeline.take(names.results.success, 1);
      const circulating = [names.waiting, names.waitingSoon].map(queue =>
        pipeline.cloud.faults.add({fault: 'delay', ms: 0, operation: 'SendMessageBatch', queue}),
      );
      await smarthost.is(outage);
      for (const subject of subjects) {
        await pipeline.send(
          ...Array.from({length: recipients}, (_, index) =>
            mailTo(`user${index}@example.org`, {mime: textOf(subject)}),
          ),
        );
        // The outbox keeps no order.
        await pipeline.until(() => pipeline.filled(names.outbox).length === 0);
      }
      // It is down, and was probed in vain.
      const hidden = () => pipeline.logged('lane hidden: its receiver is down').length;
      await pipeline.until(() => pipeline.logged('receiver is down').length > 0 && hidden() > 4);
      await smarthost.is({});
      const results = await pipeline.take(names.results.success, recipients * mailsEach);
      expect(results.map(({relayq}) => relayq.attempts)).toEqual(results.map(() => 1));
      expect(circulating.map(({fired}) => fired)).toEqual([0, 0]);
      smarthost.received.delete('first@example.org');
      expect([...smarthost.received.values()]).toEqual(Array(recipients).fill(subjects));
      await pipeline.idle();
      expect(pipeline.logged('receiver is up')).toHaveLength(1);
      // Nothing is known of it any more.
      expect(pipeline.cloud.services.dynamodb.itemsOf(names.receivers)).toEqual([]);
    } finally {
      await pipeline.stop();
      await smarthost.is(undefined);
    }
  });
});

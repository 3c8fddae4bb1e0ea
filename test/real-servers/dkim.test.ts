// Signed mail in the mailboxes of real servers: what they delivered verifies.

import {randomUUID} from 'node:crypto';
import {PutParameterCommand} from '@aws-sdk/client-ssm';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {names, Pipeline, type Result} from '../pipeline/pipeline-under-test.ts';
import {mailTo} from '../samples/mail.ts';
import type {Relay} from '../samples/relay-parameters.ts';
import {exim} from '../servers/exim-server.ts';
import {type MailServer, messagesWith, type ServerKind} from '../servers/mail-server.ts';
import {openSmtpd} from '../servers/opensmtpd-server.ts';
import {postfix, startPostfix} from '../servers/postfix-server.ts';
import {startSmtpSink} from '../servers/smtp-sink-server.ts';
import {ed25519Key, recordsOf, rsaKey} from '../shared/dkim/keys-under-test.ts';
import {
  changesOnTheWay,
  eightBitText,
  eightBitTextWithLineOf,
  sentTexts,
  textWithLineOf,
} from './changes-on-the-way.ts';
import {asReceived, type Delivered, passedAt, verified} from './verified-mail.ts';

const kinds = [postfix, exim, openSmtpd];
const ownKey = {...ed25519Key, domain: 'own.example', selector: 'mine'};
const records = recordsOf([rsaKey, ed25519Key, ownKey]);
const pemOf = ({privateKey}: typeof rsaKey) => String(privateKey.export({type: 'pkcs8', format: 'pem'}));
/** Stands above the signatures of the rules. Unlike theirs, it forgives nothing. */
const dkim = {
  domain: ownKey.domain,
  selector: ownKey.selector,
  key: pemOf(ownKey),
  canonicalization: 'simple/simple',
};
const allRight = [true, true, true];
const allBroken = [false, false, false];

/** Servers that add them would break the signatures, which say that there is none. */
const addedHeaders = 'date,message-id';

const titleOf = ({name, missing}: ServerKind) => (missing ? `${name} (skipped: ${missing})` : name);
const forwarded = 'forwarded.example';

let pipeline: Pipeline;
/** smtp-sink without 8BITMIME, and a Postfix that sends it what is for `forwarded`. */
let narrow: MailServer;
let forwarding: MailServer;
let startingForwarding: Promise<void> | undefined;

async function startForwarding(): Promise<void> {
  narrow = await startSmtpSink('-8');
  forwarding = await startPostfix({domain: forwarded, port: narrow.mxPort});
}

beforeAll(async () => {
  if (postfix.missing === undefined) startingForwarding = startForwarding();
  pipeline = await Pipeline.start({'dkim-rules': 'example.org', 'add-headers': addedHeaders});
  for (const key of [rsaKey, ed25519Key]) {
    const Name = `${names.dkimPath}${key.domain}/${key.selector}`;
    await pipeline.ssm.send(new PutParameterCommand({Name, Value: pemOf(key), Type: 'SecureString'}));
  }
  await startingForwarding;
});
afterAll(async () => {
  await pipeline?.stop();
  await startingForwarding;
  await Promise.all([forwarding, narrow].map(server => server?.stop()));
});

/** Sends signed messages, and takes their results in order. */
async function results(...messages: readonly object[]): Promise<readonly Result[]> {
  await pipeline.send(...messages.map((message, n) => mailTo('to@example.org', {dkim, ...message, n})));
  const taken = await pipeline.take(names.results.results, messages.length);
  return taken.toSorted((one, other) => Number(one.n) - Number(other.n));
}

const marked = (mark: string) => ({append: `X-Mark: ${mark}.`});

const direct = () => narrow.smarthost;
/** It has no AUTH. */
const overPostfix = (): Relay => ({hostname: '127.0.0.1', port: forwarding.mxPort});

const beforeANarrowServer = [
  {what: 'an 8-bit text goes nowhere', by: direct, sevenBit: false, text: eightBitText, passed: undefined},
  {
    what: 'a text that was made of 7 bits verifies',
    by: direct,
    sevenBit: true,
    text: eightBitText,
    passed: allRight,
  },
  {
    what: 'Postfix converts an 8-bit text, which breaks its signatures',
    by: overPostfix,
    sevenBit: false,
    text: eightBitText,
    passed: allBroken,
  },
  {
    what: 'Postfix leaves a text that was made of 7 bits',
    by: overPostfix,
    sevenBit: true,
    text: eightBitText,
    passed: allRight,
  },
  {
    what: 'Postfix leaves a line of 998 octets',
    by: overPostfix,
    sevenBit: false,
    text: textWithLineOf(998),
    passed: allRight,
  },
  {
    what: 'Postfix parts a line of 999 octets, which breaks signatures',
    by: overPostfix,
    sevenBit: false,
    text: textWithLineOf(999),
    passed: allBroken,
  },
  {
    what: 'Postfix leaves a long line that was made of 7 bits',
    by: overPostfix,
    sevenBit: true,
    text: eightBitTextWithLineOf(1000),
    passed: allRight,
  },
];

describe.skipIf(postfix.missing)('before a server without 8BITMIME', () => {
  test.each(beforeANarrowServer)('$what', async ({by, sevenBit, text, passed}) => {
    await pipeline.set({'seven-bit': String(sevenBit)});
    const run = randomUUID();
    const [result] = await results({
      mime: text,
      recipient: `to@${forwarded}`,
      smarthost: by(),
      headers: marked(run),
    });
    if (passed === undefined)
      return expect(result).toMatchObject({fate: 'bounced', results: [{status: '5.6.3'}]});
    expect(result!.fate).toBe('accepted');
    const [message] = await messagesWith(run, narrow);
    const [delivered] = (await verified([asReceived(message!.octets)], records)) as [Delivered];
    expect(delivered.passed).toEqual(passedAt(passed));
  });
});

// OpenSMTPD may have to be waited for.
for (const kind of kinds)
  describe.skipIf(kind.missing)(`${titleOf(kind)} delivers`, () => {
    const delivered = new Map<string, Delivered>();
    let server: MailServer;
    afterAll(() => server?.stop());
    beforeAll(async () => {
      server = await kind.start();
      const run = randomUUID();
      const {smarthost} = server;
      const sent = await results(
        ...sentTexts.map(({text}, at) => ({mime: text, smarthost, headers: marked(`${run}-${at}`)})),
      );
      const refused = sent.filter(({fate}) => fate !== 'accepted');
      expect(refused).toEqual([]);
      const messages = await messagesWith(`X-Mark: ${run}-`, server, sent.length);
      for (const message of await verified(
        messages.map(({octets}) => asReceived(octets)),
        records,
      )) {
        const at = Number(new RegExp(`^X-Mark: ${run}-(\\d+)\\.`, 'm').exec(message.text)![1]);
        delivered.set(sentTexts[at]!.name, message);
      }
    });

    const {everything = [], simple = [], adds = false} = changesOnTheWay[kind.name]!;
    const expectedOf = (name: string) => {
      if (everything.includes(name)) return allBroken;
      return simple.includes(name) ? [false, true, true] : allRight;
    };
    const rows = sentTexts.map(({name, beyondDkimpy}) => {
      const expected = expectedOf(name);
      const outcome = expected === allRight ? 'as it was signed' : 'changed';
      return {name, outcome, expected, dkimpyToo: !beyondDkimpy};
    });

    test.each(rows)('$name: $outcome', ({name, expected, dkimpyToo}) => {
      expect(delivered.get(name)!.passed).toMatchObject(passedAt(expected, dkimpyToo));
    });

    test(`a text without Date and Message-ID, which it ${adds ? 'adds: signatures break' : 'leaves so'}`, async () => {
      await pipeline.set({'add-headers': null});
      const run = randomUUID();
      await results({mime: eightBitText, smarthost: server.smarthost, headers: marked(run)});
      await pipeline.set({'add-headers': addedHeaders});
      const [message] = await messagesWith(run, server);
      const [{text, passed}] = (await verified([asReceived(message!.octets)], records)) as [Delivered];
      expect(/^Date: /m.test(text)).toBe(adds);
      expect(passed).toEqual(passedAt(adds ? allBroken : allRight));
    });

    test('a text with headers that were changed before they were signed', async () => {
      const run = randomUUID();
      const headers = {
        replace: 'Subject: Grüße',
        append: [`X-Mark: ${run}.`, 'Cc: Jörg <joerg@example.net>'],
      };
      const [result] = await results({
        mime: eightBitText,
        smarthost: server.smarthost,
        headers,
        tags: ['welcome'],
      });
      expect(result).toMatchObject({fate: 'accepted', tags: ['welcome']});
      const [message] = await messagesWith(run, server);
      const [{text, passed}] = (await verified([asReceived(message!.octets)], records)) as [Delivered];
      expect(text).toMatch(/^Subject: =\?UTF-8\?.*\r\n/im);
      expect(passed).toEqual(passedAt(allRight));
    });
  });

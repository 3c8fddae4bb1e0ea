// A thousand messages of all kinds to fifty domains, through the whole pipeline, to servers in all moods: what must be
// true of each of them in the end, whatever happened on the way.

import {randomInt} from 'node:crypto';
import {domainToASCII} from 'node:url';
import {CreateQueueCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {settingsMaxAge} from '../../shared/names.ts';
import {defaultCapacity} from '../../shared/settings/groups/capacity.ts';
import {batchesOf} from '../../shared/sqs-limits.ts';
import {type Mail, mailMix, secretMark} from '../samples/mail-mix.ts';
import {type DnsServer, startDnsServer, type Zone} from '../servers/dns-server.ts';
import {MoodyServer} from '../servers/moody-server.ts';
import {problemsOf} from './account.ts';
import {fewEnvironments, names, Pipeline, queuesOnTheWay} from './pipeline-under-test.ts';
import {ResultCollector} from './result-collector.ts';

const seed = Number(process.env.RELAYQ_TEST_SEED ?? randomInt(2 ** 31));
const again = `run it again with RELAYQ_TEST_SEED=${seed}`;
const size = 1000;
const otherQueue = `${names.results.results}-other`;
const missingQueue = `${names.results.results}-missing`;
const resultQueues = [...Object.values(names.results), otherQueue];
const domains = Array.from({length: 50}, (_, n) => (n % 10 === 7 ? `müller-${n}.example` : `d${n}.example`));

/** Each has a server of its own, every third has two; some have no MX record, only addresses. */
const addressOf = (n: number) => `127.0.1.${n + 1}`;
const zone: Zone = Object.fromEntries(
  domains.flatMap((domain, n): [string, Zone[string]][] => {
    const host = `mx${n}.example`;
    const addresses = n % 3 === 0 ? [addressOf(n), addressOf(domains.length + n)] : [addressOf(n)];
    if (n % 8 === 1) return [[domainToASCII(domain), {A: addresses}]];
    return [
      [domainToASCII(domain), {MX: [{exchange: host, preference: 10}]}],
      [host, {A: addresses}],
    ];
  }),
);
const smarthosts = Array.from({length: 10}, (_, n) => `127.0.2.${n + 1}`);
const earlyMessages = 200;
const mxAddresses = Object.values(zone).flatMap(records => (records as {A?: string[]}).A ?? []);

let pipeline: Pipeline;
let dns: DnsServer;
let mx: MoodyServer;
let smarthost: MoodyServer;
let mails: readonly Mail[];
let collector: ResultCollector;

beforeAll(async () => {
  [dns, mx, smarthost] = await Promise.all([
    startDnsServer(zone),
    MoodyServer.start({seed, name: 'mx', addresses: mxAddresses, earlyMessages}),
    MoodyServer.start({
      seed,
      name: 'smarthost',
      addresses: smarthosts,
      earlyMessages,
      withAuth: true,
    }),
  ]);
  const settings = {
    'mx-port': String(mx.port),
    'mx-private-addresses': 'allowed',
    'mx-name-servers': dns.address,
    'retry-interval': '1',
  };
  pipeline = await Pipeline.start(settings, {
    overrides: resources => {
      for (const {environment} of resources.functions) environment[settingsMaxAge] = '60';
      fewEnvironments(resources);
    },
  });
  await pipeline.sqs.send(new CreateQueueCommand({QueueName: otherQueue}));
  mails = mailMix({seed, size, domains, smarthosts, smarthostPort: smarthost.port, otherQueue, missingQueue});
  collector = new ResultCollector(pipeline.cloud, resultQueues);
});
afterAll(async () => {
  await collector?.stop();
  await pipeline?.stop();
  dns?.close();
  await Promise.all([mx?.close(), smarthost?.close()]);
});

const left = (queue: string): number => {
  const {visible, inFlight, delayed} = pipeline.cloud.sqs.queue(queue).counts;
  return visible + inFlight + delayed;
};

test('every message comes to exactly one end', async () => {
  for (const batch of batchesOf(mails)) await pipeline.send(...batch.map(({body}) => body));
  const places = [...queuesOnTheWay, ...resultQueues];
  await pipeline
    .until(() => places.every(queue => left(queue) === 0))
    .catch(() => {
      const unfinished = mails
        .filter(({number}) => !collector.finished.has(number))
        .map(({number}) => number);
      throw new Error(
        `${again}: ${unfinished.length} unfinished, such as ${unfinished.slice(0, 9)}; left ${places.map(left)}`,
      );
    });
  const dead = [names.outboxDlq, names.waitingDlq, names.deliveryDlq].map(left);
  expect(dead, again).toEqual([0, 0, 0]);
  const connectionReplies = [...mx.ledger.connectionReplies, ...smarthost.ledger.connectionReplies];
  const problems = mails.flatMap(mail =>
    problemsOf({
      mail,
      results: new Map(resultQueues.map(queue => [queue, collector.of(queue, mail.number)])),
      dealings: (mail.expected?.login ? smarthost : mx).ledger.dealings.get(mail.number),
      connectionReplies,
      missingQueue,
    }),
  );
  expect(problems.slice(0, 10), `${problems.length} problems; ${again}`).toEqual([]);
  const violations = [...mx.ledger.violations, ...smarthost.ledger.violations];
  expect(violations.slice(0, 10), `${violations.length} violations; ${again}`).toEqual([]);
});

test('there was a failure of every kind', () => {
  const stages = ['mailfrom', 'rcptto', 'data', 'message'];
  const acts = ['refuse', 'defer', 'leave', 'drop', 'delay'];
  const ofMessages = acts.flatMap(act => stages.map(stage => `${act} ${stage}`));
  const ofConnections = [
    ...['drop', 'refuse', 'leave', 'delay'].map(act => `${act} intro`),
    ...['drop', 'defer', 'leave'].map(act => `${act} ehlo`),
    ...['drop', 'refuse', 'defer'].map(act => `${act} authplain`),
  ];
  const missing = [...ofMessages, ...ofConnections, 'cut message', 'forget message'].filter(
    each => !mx.ledger.shown.has(each) && !smarthost.ledger.shown.has(each),
  );
  expect(missing, again).toEqual([]);
  const fates = new Set(
    [...collector.results.values()].flatMap(of => [...of.values()].flat()).map(({fate}) => fate),
  );
  expect([...fates].sort(), again).toEqual(['accepted', 'bounced', 'deferred', 'expired', 'invalid']);
});

test('each domain has its own queue with its lanes, and each attempt a line in the log', () => {
  const attempts = pipeline.logged('attempt');
  const aLabels = domains.map(domainToASCII);
  expect(new Set(attempts.map(({queue}) => queue)), again).toEqual(new Set([...aLabels, '(smarthost)']));
  const groups = new Set(attempts.map(({lane}) => String(lane).replace(/#\d+$/, '')));
  const relays = smarthosts.map(host => `(smarthost)!${host}:${smarthost.port}`);
  expect(groups, again).toEqual(new Set([...aLabels, ...relays]));
  const crowded = [...mx.ledger.mostAtATime].filter(
    ([, transactions]) => transactions > defaultCapacity.domain.connections,
  );
  expect(crowded, again).toEqual([]);
  const finals = mails.map(({number}) =>
    resultQueues.flatMap(queue => collector.of(queue, number)).find(({fate}) => fate !== 'deferred'),
  );
  const made = finals.map(final => (final as {relayq: {attempts: number}} | undefined)?.relayq.attempts ?? 0);
  expect(attempts.length).toBe(made.reduce((sum, each) => sum + each));
  const errors = pipeline.logLines.filter(line => line.includes('"level":"error"'));
  // A machine that is very busy may answer a look at the table too late.
  const isLate = (line: string) => /the table of receivers fails.*"TimeoutError: /.test(line);
  expect(
    errors.filter(line => !line.includes(missingQueue) && !isLate(line)),
    again,
  ).toEqual([]);
});

test('no secret is in any result or log line', () => {
  const results = resultQueues.flatMap(queue => [...(collector.results.get(queue)?.values() ?? [])].flat());
  const said = [...pipeline.logLines, ...results.map(result => JSON.stringify(result))];
  expect(said.length, again).toBeGreaterThan(2 * size);
  const secrets = [secretMark, ...['one', 'two'].map(user => `\0${user}\0${user}-${secretMark}`)];
  const forms = secrets.flatMap(secret => [secret, Buffer.from(secret).toString('base64')]);
  expect(
    said.filter(text => forms.some(form => text.includes(form))),
    again,
  ).toEqual([]);
});

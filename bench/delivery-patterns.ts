// What the deliver function is fed with. The route function of the same stack decides how a message looks on the
// delivery queue, and which group it is in; the benchmark knows only what a producer knows.

import {namesOf} from '../shared/names.ts';
import {account, FunctionRig, type Site} from './function-rig.ts';
import {type Destination, outboxBodyOf} from './mail.ts';
import type {Sent} from './settling-desk.ts';
import {
  EventMaker,
  patternId,
  patternLoner,
  patternRecipient,
  type RecordPattern,
  recordPatternOf,
} from './sqs-events.ts';

export const stage = 'local';
export const names = namesOf(stage);

export const sourceOf = (queueName: string) => ({
  region: account.region,
  queueArn: `arn:aws:sqs:${account.region}:${account.accountId}:${queueName}`,
});

const outboxPatternOf = (mime: string, destination?: Destination): RecordPattern =>
  recordPatternOf(outboxBodyOf(patternRecipient, mime, destination), sourceOf(names.outbox));

/** The setting that allows this many connections to each next hop. */
export const capacityOf = (connections: number): Readonly<Record<string, string>> => ({
  [`${names.parameterPath}capacity/default`]: JSON.stringify({connections}),
});

/** How many messages may be routed to find one more group. A hash that spreads evenly needs far fewer for ten. */
const mostTriesPerGroup = 30;

export class DeliveryPatterns {
  readonly #rig: FunctionRig;
  readonly #sent: Sent[];
  readonly #events = new EventMaker();
  readonly #known = new Map<string, Promise<readonly RecordPattern[]>>();
  readonly #octets = new Map<string, number>();
  readonly #groups: number;

  /** @param groups how many groups are wanted: one for each connection */
  static async start(site: Site, groups: number): Promise<DeliveryPatterns> {
    const sent: Sent[] = [];
    const rig = await FunctionRig.start({
      site,
      functionName: names.route,
      settings: capacityOf(groups),
      onSent: message => sent.push(message),
    });
    return new DeliveryPatterns(rig, sent, groups);
  }

  private constructor(rig: FunctionRig, sent: Sent[], groups: number) {
    this.#rig = rig;
    this.#sent = sent;
    this.#groups = groups;
  }

  /** One pattern for each group. */
  of(mime: string, destination: Destination): Promise<readonly RecordPattern[]> {
    const key = keyOf(mime, destination);
    const known = this.#known.get(key) ?? this.#route(mime, destination);
    this.#known.set(key, known);
    return known;
  }

  /** The size of a message on the delivery queue. */
  async octetsOf(mime: string, destination: Destination): Promise<number> {
    await this.of(mime, destination);
    return this.#octets.get(keyOf(mime, destination))!;
  }

  /** For direct delivery, to a domain of each message's own. */
  async lonerOf(mime: string): Promise<{readonly pattern: RecordPattern; readonly octets: number}> {
    const outbox = recordPatternOf(outboxBodyOf(patternLoner, mime), sourceOf(names.outbox));
    const first = await this.#firstFor(outbox, patternLoner);
    const pattern = recordPatternOf(first.body, {...sourceOf(names.delivery), groupId: first.groupId});
    return {pattern, octets: Buffer.byteLength(first.body)};
  }

  close(): Promise<void> {
    return this.#rig.close();
  }

  async #route(mime: string, destination: Destination): Promise<readonly RecordPattern[]> {
    const first = await this.#firstFor(outboxPatternOf(mime, destination), patternRecipient);
    this.#octets.set(keyOf(mime, destination), Buffer.byteLength(first.body));
    const groups = new Set([first.groupId]);
    const small = outboxPatternOf(mime.slice(0, 500), destination);
    for (let tries = 0; groups.size < this.#groups && tries < mostTriesPerGroup * this.#groups; tries += 10) {
      for (const {groupId} of await this.#sentFor(this.#events.event([small], 10))) groups.add(groupId ?? '');
    }
    // One group is one connection. Where the stack makes too few groups, the benchmark adds its own.
    for (let lane = 2; groups.size < this.#groups; lane++) groups.add(`${first.groupId}~${lane}`);
    return [...groups]
      .slice(0, this.#groups)
      .map(groupId => recordPatternOf(first.body, {...sourceOf(names.delivery), groupId}));
  }

  async #firstFor({pieces}: RecordPattern, recipient: string) {
    const [{body, groupId} = {}] = await this.#sentFor(`{"Records":[${pieces.join('')}]}`);
    if (body === undefined || groupId === undefined)
      throw new Error('the route function put nothing on the delivery queue');
    if (!body.includes(patternId) || !body.includes(recipient))
      throw new Error(
        'the message on the delivery queue lacks the id or the recipient that it had on the outbox',
      );
    return {body, groupId};
  }

  async #sentFor(payload: string): Promise<readonly Sent[]> {
    this.#sent.length = 0;
    const events = [{payload, messages: 1}];
    await this.#rig.feed([() => events.shift()]);
    return this.#sent.filter(({queue}) => queue === names.delivery);
  }
}

const keyOf = ({length}: string, {host, port}: Destination): string => `${host}:${port}/${length}`;

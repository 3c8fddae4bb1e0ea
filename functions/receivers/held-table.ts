// What is known of the held mail, in one item that all environments share: by when some of it has to be looked at, who is
// sweeping it, and what the last sweep went by.

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {stateKey} from '../../shared/names.ts';
import {BoundedMap} from '../runtime/bounded-map.ts';
import {errorText, type Log} from '../runtime/log.ts';

/** No receiver is called so. */
const item = '(held)';
const duePrefix = 'due ';
/** An expression has 4 KB at most (Quotas in Amazon DynamoDB). What is left is due still, and goes the next time. */
const mostRemoved = 200;

export interface HeldTableParts {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly log: Log;
}

export interface HeldState {
  /** When the last sweep began that went through all of it. */
  readonly sweptMs: number | undefined;
  /** When the sweep began that has not come to its end. */
  readonly begunMs: number | undefined;
  /** What held mail by the settings, as the keeper has last seen it, and since when. */
  readonly inForce: string | undefined;
  readonly inForceMs: number | undefined;
  readonly duesMs: readonly number[];
}

/** What the keeper writes; undefined removes it. */
export type HeldChange = Partial<Omit<HeldState, 'duesMs'>> & {readonly passedMs?: readonly number[]};

export class HeldTable {
  readonly #parts: HeldTableParts;
  /** Times that have been written down. They go when they are over, and nothing is held until then that is over. */
  readonly #expected = new BoundedMap<number, true>(1_000);

  constructor(parts: HeldTableParts) {
    this.#parts = parts;
  }

  /**
   * There is held mail to be looked at by these times. It is written down before the mail is there, and once for each
   * time. Where that fails, the keeper finds the mail all the same, when it looks through all of it: once a day.
   */
  async expect(timesMs: readonly number[]): Promise<void> {
    const fresh = [...new Set(timesMs)].filter(time => !this.#expected.has(time));
    if (fresh.length === 0) return;
    const {log} = this.#parts;
    try {
      await this.#update({sets: fresh.map(time => [`${duePrefix}${time}`, {N: '1'}])});
      for (const time of fresh) this.#expected.set(time, true);
    } catch (error) {
      const message = 'DynamoDB fails: held mail may be looked at late, by up to a day';
      log('error', message, {error: errorText(error)});
    }
  }

  /** @returns undefined while somebody else is at it. @throws Error when the table cannot be written to */
  async claim(nowMs: number, untilMs: number): Promise<HeldState | undefined> {
    try {
      const attributes = await this.#update({
        sets: [['lease', {N: String(untilMs)}]],
        condition: {expression: 'attribute_not_exists(#lease) OR #lease <= :now', values: {':now': nowMs}},
      });
      return stateOf(attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** Writes what the keeper knows by now. @throws Error when somebody else is at it */
  async write(leaseMs: number, {passedMs = [], ...change}: HeldChange, isOver: boolean): Promise<void> {
    const entries = Object.entries(change) as [string, string | number | undefined][];
    await this.#update({
      sets: [
        ['lease', {N: isOver ? '0' : String(leaseMs)}],
        ...entries.flatMap(([name, value]): [string, AttributeValue][] => {
          if (value === undefined) return [];
          return [[name, typeof value === 'number' ? {N: String(value)} : {S: value}]];
        }),
      ],
      removes: [
        ...entries.filter(([, value]) => value === undefined).map(([name]) => name),
        ...passedMs.slice(0, mostRemoved).map(time => `${duePrefix}${time}`),
      ],
      condition: {expression: '#lease = :mine', values: {':mine': leaseMs}},
    });
  }

  async #update({sets, removes = [], condition}: Update): Promise<Record<string, AttributeValue>> {
    const {client, tableName} = this.#parts;
    const names = new Map<string, string>([['lease', '#lease']]);
    for (const name of [...sets.map(([each]) => each), ...removes])
      if (!names.has(name)) names.set(name, `#n${names.size}`);
    const assignments = sets.map(([name], index) => `${names.get(name)} = :v${index}`);
    const removed = removes.map(name => names.get(name));
    const used = new Set([...sets.map(([name]) => name), ...removes, ...(condition ? ['lease'] : [])]);
    const {Attributes: attributes = {}} = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: {[stateKey]: {S: item}},
        UpdateExpression: [
          `SET ${assignments.join(', ')}`,
          ...(removed.length > 0 ? [`REMOVE ${removed.join(', ')}`] : []),
        ].join(' '),
        ...(condition && {ConditionExpression: condition.expression}),
        ExpressionAttributeNames: Object.fromEntries(
          [...names].filter(([name]) => used.has(name)).map(([name, alias]) => [alias, name]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(sets.map(([, value], index) => [`:v${index}`, value])),
          ...Object.fromEntries(
            Object.entries(condition?.values ?? {}).map(([name, value]) => [name, {N: String(value)}]),
          ),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return attributes;
  }
}

interface Update {
  readonly sets: readonly (readonly [name: string, value: AttributeValue])[];
  readonly removes?: readonly string[];
  readonly condition?: {readonly expression: string; readonly values: Readonly<Record<string, number>>};
}

function stateOf(attributes: Record<string, AttributeValue>): HeldState {
  const numberOf = (name: string) => {
    const text = attributes[name]?.N;
    return text === undefined ? undefined : Number(text);
  };
  return {
    sweptMs: numberOf('sweptMs'),
    begunMs: numberOf('begunMs'),
    inForceMs: numberOf('inForceMs'),
    inForce: attributes.inForce?.S,
    duesMs: Object.keys(attributes)
      .filter(name => name.startsWith(duePrefix))
      .map(name => Number(name.slice(duePrefix.length)))
      .sort((a, b) => a - b),
  };
}

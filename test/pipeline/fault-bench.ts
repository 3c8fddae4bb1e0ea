// A pipeline to break: it takes messages of every kind, waits until none is on its way any more, and counts all that
// came of each: results, dead letters, mails.

import {setTimeout as delay} from 'node:timers/promises';
import type {CloudOptions} from '../../local/cloud.ts';
import type {ActiveFault} from '../../local/faults/active-fault.ts';
import type {Fault} from '../../local/faults/fault.ts';
import {resultKinds} from '../../shared/names.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {recipientSays} from '../servers/recipient-says.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {deadLetterQueues, names, Pipeline, patienceMs, queuesOnTheWay} from './pipeline-under-test.ts';
import {returnSoon} from './return-soon.ts';

/**
 * What becomes of a message: `later` is deferred once, `hold` waits for its time, `large` is invalid and too
 * large to be quoted in its result.
 */
export type Kind = 'ok' | 'bounce' | 'later' | 'hold' | 'invalid' | 'large';

/** How often each thing happened to a message, with its fates in the order in which they can come. */
export interface Tally {
  readonly mails: number;
  readonly dead: number;
  readonly results: readonly string[];
  readonly success: readonly string[];
  readonly failure: readonly string[];
  readonly retry: readonly string[];
}

const none: Tally = {mails: 0, dead: 0, results: [], success: [], failure: [], retry: []};
const accepted: Tally = {...none, mails: 1, results: ['accepted'], success: ['accepted']};
const invalid: Tally = {...none, results: ['invalid'], failure: ['invalid']};

/** What comes of each kind when nothing is missing and nothing comes twice. */
export const once: Readonly<Record<Kind, Tally>> = {
  ok: accepted,
  hold: accepted,
  later: {...accepted, results: ['deferred', 'accepted'], retry: ['deferred']},
  bounce: {...none, results: ['bounced'], failure: ['bounced']},
  invalid,
  large: {...invalid, dead: 1},
};

/** Without the deferrals: their results may be missing. */
export const finallyOnce = (tally: Tally): Tally => ({
  ...tally,
  results: tally.results.filter(fate => fate !== 'deferred'),
  retry: [],
});

const order = ['deferred', 'accepted', 'bounced', 'expired', 'invalid'];

export interface Sample {
  /** Is in every call about the message, except those that have only a receipt handle. */
  readonly id: string;
  readonly kind: Kind;
  readonly body: string;
}

export interface BenchOptions extends Partial<CloudOptions> {
  /** Of both functions. */
  readonly timeoutS: number;
  /** How long `hold` waits at least: longer than it takes until route first sees it. */
  readonly holdS?: number;
}

export class FaultBench {
  readonly pipeline: Pipeline;
  readonly #server: ScriptedServer;
  readonly #holdS: number;
  readonly #found: {readonly where: keyof Tally; readonly id: string; readonly fate: string}[] = [];
  #samples = 0;

  private constructor(pipeline: Pipeline, server: ScriptedServer, holdS: number) {
    this.pipeline = pipeline;
    this.#server = server;
    this.#holdS = holdS;
  }

  static async start({timeoutS, holdS = 1, ...options}: BenchOptions): Promise<FaultBench> {
    const server = await startScriptedServer({RCPT: recipientSays()});
    const pipeline = await Pipeline.start(sinkParameters(server), {
      ...options,
      overrides: resources => {
        for (const each of resources.functions) each.timeoutS = timeoutS;
        for (const {name, attributes} of resources.queues) {
          if (queuesOnTheWay.includes(name)) attributes.VisibilityTimeout = '60';
        }
        options.overrides?.(resources);
      },
    });
    returnSoon(pipeline.cloud);
    return new FaultBench(pipeline, server, holdS);
  }

  fault(fault: Fault): ActiveFault {
    return this.pipeline.cloud.faults.add(fault);
  }

  sample(kind: Kind): Sample {
    this.#samples += 1;
    const id = `<${kind}-${this.#samples}>`;
    return {id, kind, body: JSON.stringify(messageOf(kind, id, this.#samples, this.#holdS))};
  }

  async send(...samples: readonly Sample[]): Promise<void> {
    // A request holds only one large message.
    const {small = [], large = []} = Object.groupBy(samples, ({kind}) => (kind === 'large' ? kind : 'small'));
    await this.pipeline.send(...small.map(({body}) => body));
    for (const {body} of large) await this.pipeline.send(body);
  }

  /** Waits until nothing is on its way any more. */
  async settled(withinMs = patienceMs): Promise<void> {
    const {sqs, functions} = this.pipeline.cloud;
    // An invocation may still repeat a call after its message is deleted.
    const underWay = () => [
      ...queuesOnTheWay.flatMap(name => Object.values(sqs.queue(name).counts)),
      ...[...functions.values()].map(({busy}) => busy),
    ];
    const deadlineMs = Date.now() + withinMs;
    while (underWay().some(count => count > 0)) {
      if (Date.now() > deadlineMs)
        throw new Error(`still under way: ${underWay()}\n${this.pipeline.logLines.slice(-20).join('\n')}`);
      await delay(20);
    }
    await this.#collect();
  }

  /** What came of a message; final once everything is settled. */
  tallyOf({id}: Sample): Tally {
    const fates = (where: keyof Tally) =>
      this.#found
        .filter(found => found.where === where && found.id === id)
        .map(({fate}) => fate)
        .sort((a, b) => order.indexOf(a) - order.indexOf(b));
    return {
      mails: this.#server.texts.filter(text => text.includes(`Subject: ${id}\r\n`)).length,
      dead: fates('dead').length,
      results: fates('results'),
      success: fates('success'),
      failure: fates('failure'),
      retry: fates('retry'),
    };
  }

  /** Sends one, and waits for all that comes of it. */
  async tallyOfOne(kind: Kind): Promise<Tally> {
    const sample = this.sample(kind);
    await this.send(sample);
    await this.settled();
    return this.tallyOf(sample);
  }

  async stop(): Promise<void> {
    await this.pipeline.stop();
    await this.#server.close();
  }

  async #collect(): Promise<void> {
    const {sqs} = this.pipeline.cloud;
    const places = [
      ...resultKinds.map(kind => [kind, names.results[kind]] as const),
      ...[...deadLetterQueues, names.outboxOversize].map(queue => ['dead', queue] as const),
    ];
    for (const [where, queue] of places) {
      for (;;) {
        const messages = await sqs.receive(queue, {maxNumberOfMessages: 10, waitTimeSeconds: 0});
        if (messages.length === 0) break;
        for (const {body, receiptHandle} of messages) {
          const {result, ...message} = JSON.parse(body);
          // A dead letter may be a result that its queue did not take.
          const {sample: id, fate = ''} = (result ?? message) as {sample: string; fate?: string};
          this.#found.push({where, id, fate});
          sqs.deleteMessage(queue, receiptHandle);
        }
      }
    }
  }
}

function messageOf(kind: Kind, id: string, number: number, holdS: number): object {
  // A domain of its own, and so a group of its own.
  const message = mailTo(`${kind}@domain-${number}.example.org`, {
    sample: id,
    mime: textOf(id),
    retries: [0],
  });
  const dueMs = (Math.ceil(Date.now() / 1000) + holdS) * 1000;
  switch (kind) {
    case 'hold':
      return {...message, nextattempt: {time: utcTimeOf(dueMs)}};
    case 'invalid':
      return {...message, maxattempts: 'many'};
    case 'large':
      return {...message, mime: `${message.mime}${'"'.repeat(520_000)}`};
    default:
      return message;
  }
}

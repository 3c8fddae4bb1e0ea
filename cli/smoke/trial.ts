// What the steps of one run share: the stage, its deployment, the time, mail with marks, and queues of their own.

import {DeleteParameterCommand, type ParameterType, PutParameterCommand} from '@aws-sdk/client-ssm';
import {type Names, namesOf} from '../../shared/names.ts';
import {enqueue} from '../../submission/enqueue.ts';
import {queueUrlOf} from '../aws/queues.ts';
import type {Context} from '../command/context.ts';
import type {Deployment, Pass} from './deployment.ts';
import {type ProbeOptions, ProbeQueue} from './probe-queue.ts';
import {markProperty, Results} from './results.ts';

export interface Smarthost {
  readonly host: string;
  readonly port: number;
}

export interface TrialOptions {
  readonly deployment: Deployment;
  readonly pass: Pass;
  /** How long nothing new may come while mail is waited for. */
  readonly patienceMs: number;
  /** It takes all mail. Without one no mail leaves: the recipients' domain does not exist. */
  readonly smarthost: Smarthost | undefined;
  /** Whom all mail is to, where a smarthost takes it. */
  readonly recipient: string | undefined;
}

/** RFC 2606 2: nobody will ever have a domain below it. */
const nowhere = 'smoke.invalid';

export class Trial {
  readonly context: Context;
  readonly names: Names;
  readonly results: Results;
  readonly options: TrialOptions;
  readonly #probes: ProbeQueue[] = [];
  #marks = 0;

  constructor(context: Context, options: TrialOptions) {
    const {stage, signal} = context;
    this.context = context;
    this.options = options;
    this.names = namesOf(stage);
    this.results = new Results({
      sqs: context.clients.sqs,
      url: () => this.urlOf(this.names.results.results),
      patienceMs: options.patienceMs,
      signal,
    });
  }

  /** What becomes of all mail, if all is right. */
  get fate(): 'accepted' | 'bounced' {
    return this.options.smarthost === undefined ? 'bounced' : 'accepted';
  }

  urlOf(queue: string): Promise<string> {
    return queueUrlOf(this.context, queue);
  }

  /** A message, and its mark. It is from nobody, so that nothing comes back. */
  mail(properties: object = {}): {readonly mark: string; readonly body: string} {
    this.#marks += 1;
    const mark = String(this.#marks);
    const {recipient = `smoke-${mark}@${nowhere}`} = this.options;
    const mime = `From: smoke@${nowhere}\r\nTo: ${recipient}\r\nSubject: smoke ${mark}\r\n\r\nSmoke.\r\n`;
    return {mark, body: JSON.stringify({recipient, mime, [markProperty]: mark, ...properties})};
  }

  mails(count: number): readonly {readonly mark: string; readonly body: string}[] {
    return Array.from({length: count}, () => this.mail());
  }

  /** Onto the outbox, in batches. @throws Error where SQS does not take one */
  async send(mails: readonly {readonly mark: string; readonly body: string}[]): Promise<void> {
    const outgoing = mails.map(({mark, body}) => ({source: mark, body}));
    const {sqs} = this.context.clients;
    const failures = await enqueue(sqs, await this.urlOf(this.names.outbox), outgoing);
    if (failures.length > 0) throw new Error(`SQS did not take a message: ${failures[0]!.problem}`);
  }

  async pass(ms: number): Promise<void> {
    await this.options.pass(ms, this.context.signal);
    this.context.signal.throwIfAborted();
  }

  /** Asks again and again. @returns the first answer that is one; undefined when it is not there in time */
  async until<T>(
    ask: () => Promise<T | undefined>,
    {withinMs, everyMs = 5000}: {readonly withinMs: number; readonly everyMs?: number},
  ): Promise<T | undefined> {
    for (let passedMs = 0; ; passedMs += everyMs) {
      const answer = await ask();
      if (answer !== undefined || passedMs >= withinMs) return answer;
      await this.pass(everyMs);
    }
  }

  /** @returns the messages of each mark that has not exactly one final result */
  async settled(marks: readonly string[]): Promise<{readonly lost: number; readonly twice: number}> {
    const lost = await this.results.await(marks);
    await this.results.drain();
    return {lost: lost.length, twice: marks.filter(mark => this.results.of(mark).length > 1).length};
  }

  async probe(options: ProbeOptions = {}): Promise<ProbeQueue> {
    const probe = await ProbeQueue.create(this.context.clients.sqs, this.context.stage, options);
    this.#probes.push(probe);
    return probe;
  }

  async removeProbes(): Promise<void> {
    for (const probe of this.#probes.splice(0)) await probe.remove();
  }

  async set(name: string, value: string, type: ParameterType = 'String'): Promise<void> {
    const Name = `${this.names.parameterPath}${name}`;
    await this.context.clients.ssm.send(
      new PutParameterCommand({Name, Value: value, Type: type, Overwrite: true}),
    );
  }

  async unset(name: string): Promise<void> {
    await this.context.clients.ssm.send(
      new DeleteParameterCommand({Name: `${this.names.parameterPath}${name}`}),
    );
  }
}

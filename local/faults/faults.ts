// The faults in force, and what they do to calls of services, to execution environments and to the sink's replies. By
// default they concern the functions alone, so that the cloud works for the people who watch.

import {setTimeout as delay} from 'node:timers/promises';
import type {AwsRequest, AwsService} from '../endpoint/aws-service.ts';
import {NoAnswer} from '../endpoint/no-answer.ts';
import type {ReplyHook} from '../sink/sink-reply.ts';
import {ActiveFault} from './active-fault.ts';
import {concerns, matches, type OfCalls} from './call.ts';
import {callerOf, environmentsOf, type Functions} from './environments.ts';
import {errorOf} from './errors.ts';
import type {Fault, KillFault, SmtpFault} from './fault.ts';
import {failPartly} from './partial-failure.ts';
import {sinkReplyOf} from './smtp-reply.ts';

export interface FaultsOptions {
  readonly functions: Functions;
  /** Whether there is a sink whose replies can be disturbed. */
  readonly hasSink: boolean;
}

export class Faults {
  readonly #options: FaultsOptions;
  #active: readonly ActiveFault[] = [];

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** In the order in which they are tried. The first one that strikes decides, and delays add up. */
  get active(): readonly ActiveFault[] {
    return this.#active;
  }

  /** Why a fault could hit nothing here. */
  problemsOf(fault: Fault): string[] {
    const {functions, hasSink} = this.#options;
    if ('smtp' in fault) return hasSink ? [] : ['smtp: this cloud has no sink of its own'];
    const {function: pattern = '*'} = fault;
    const isKnown = [...functions.keys()].some(name => matches(pattern, name));
    return isKnown ? [] : [`function: none of ${[...functions.keys()].join(', ')}`];
  }

  /** @throws RangeError when it could hit nothing here */
  add(fault: Fault): ActiveFault {
    const problems = this.problemsOf(fault);
    if (problems.length > 0) throw new RangeError(problems.join('; '));
    const active = new ActiveFault(fault);
    const isSpent = 'kill' in fault && fault.kill === 'now';
    if (!isSpent) this.#active = [...this.#active, active];
    active.removed.addEventListener('abort', () => {
      this.#active = this.#active.filter(each => each !== active);
    });
    if ('kill' in fault) void this.#killAtWill(active as ActiveFault<KillFault>);
    return active;
  }

  /** Removes all of them. Calls that hang go on. */
  clear(): void {
    for (const active of this.#active) active.remove();
  }

  /** The service, with the faults in front of it. */
  around(service: AwsService): AwsService {
    return {...service, call: request => this.#call(request, service)};
  }

  /** What the sink does instead of its usual reply. */
  readonly sinkReply: ReplyHook = (stage, facts) => {
    for (const {fault, trigger} of this.#active) {
      if (!('smtp' in fault)) continue;
      const reply = sinkReplyOf(fault as SmtpFault, stage, facts);
      if (reply !== undefined && trigger.fires()) return reply;
    }
    return undefined;
  };

  async #call(request: AwsRequest, service: AwsService): Promise<Record<string, unknown>> {
    const caller = callerOf(this.#options.functions, request.sessionToken);
    for (const active of this.#active) {
      if (!isOfCalls(active) || !concerns(active.fault, request, caller?.functionName)) continue;
      if (active.removed.aborted || !active.trigger.fires()) continue;
      const {fault, trigger, removed} = active;
      if ('kill' in fault) {
        // A kill concerns only calls of environments.
        const environment = caller!.environment;
        if (fault.kill === 'after') await doneAnyhow(service, request);
        environment.kill();
        await environment.gone;
        throw new NoAnswer();
      }
      switch (fault.fault) {
        case 'delay':
          await pause(fault.ms, request.signal);
          continue;
        case 'hang':
          await aborted(AbortSignal.any([request.signal, removed]));
          if (request.signal.aborted) throw new NoAnswer();
          continue;
        case 'drop':
          await doneAnyhow(service, request);
          throw new NoAnswer();
        case 'partial': {
          const {share = 0.5} = fault;
          return failPartly(request, service, {share, random: () => trigger.random()});
        }
        default:
          throw errorOf(fault.fault, request);
      }
    }
    return service.call(request);
  }

  /** Does the kills that wait for no call. */
  async #killAtWill({fault, trigger, removed}: ActiveFault<KillFault>): Promise<void> {
    const {functions} = this.#options;
    if (fault.kill === 'now') {
      for (const environment of environmentsOf(functions, fault.function)) {
        if (trigger.fires()) environment.kill();
      }
    }
    if (fault.kill !== 'random') return;
    while (!removed.aborted && !trigger.spent) {
      await pause(2 * fault.everyMs * trigger.random(), removed);
      const running = environmentsOf(functions, fault.function);
      const victim = running[Math.floor(trigger.random() * running.length)];
      if (removed.aborted || victim === undefined || !trigger.fires()) continue;
      victim.kill();
      await victim.gone;
    }
  }
}

const isOfCalls = (active: ActiveFault): active is ActiveFault<OfCalls> =>
  'fault' in active.fault ||
  ('kill' in active.fault && (active.fault.kill === 'before' || active.fault.kill === 'after'));

/** Makes a call whose result nobody gets. */
const doneAnyhow = (service: AwsService, request: AwsRequest): Promise<unknown> =>
  service.call(request).catch(() => undefined);

/** Ends early when the signal is aborted. */
const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  delay(ms, undefined, {signal, ref: false}).catch(() => undefined);

const aborted = (signal: AbortSignal): Promise<unknown> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}));

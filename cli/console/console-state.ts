// What the console keeps as long as it runs: the clients of AWS, and what has been read of the stage before.

import {localStage} from '../../shared/names.ts';
import {type Clients, clientsOf} from '../aws/clients.ts';
import type {Context, Price} from '../command/context.ts';
import {StageWatch} from '../status/stage-watch.ts';
import {ChangeWatches} from './change-watches.ts';
import {ConsoleProblem} from './console-problem.ts';
import {ReceivedMail} from './mail/received-mail.ts';
import {quietTerminal} from './quiet-terminal.ts';
import {Turns} from './turns.ts';

/** A long poll of SQS takes up to 20 s. */
const limits = {connectedMs: 5000, answeredMs: 25_000};

export interface ContextOptions {
  readonly signal: AbortSignal;
  /** What the commands' code tells a person. */
  readonly notes: string[];
  /** The person has been told what it costs, and wants it. */
  readonly maySpend: boolean;
}

export class ConsoleState {
  readonly isLocal: boolean;
  readonly watch: StageWatch;
  readonly changes: ChangeWatches;
  /** Undefined for a stage without a sink of its own. */
  readonly mail: ReceivedMail | undefined;
  readonly letterTurns = new Turns();
  readonly #base: Context;
  readonly #clients: Clients;
  #account: string | undefined;

  constructor(context: Context) {
    this.#clients = clientsOf(context, context.env, limits);
    this.#base = context;
    this.isLocal = context.stage === localStage;
    const {endpointUrl} = this.#clients;
    if (this.isLocal && endpointUrl !== undefined) this.mail = new ReceivedMail(endpointUrl);
    const lasting = (notes: string[]) => this.contextFor({signal: context.signal, notes, maySpend: false});
    this.watch = new StageWatch(lasting([]));
    this.changes = new ChangeWatches(lasting);
  }

  contextFor({signal, notes, maySpend}: ContextOptions): Context {
    return {
      ...this.#base,
      clients: this.#clients,
      terminal: quietTerminal(notes),
      signal: AbortSignal.any([this.#base.signal, signal]),
      json: true,
      local: false,
      // The page has asked the person.
      mayChange: what => this.#base.mayChange(what, 'harmless'),
      maySpend: async (what, price) => {
        if (!maySpend) throw priceOf(what, price);
      },
    };
  }

  /** Null where AWS does not say. */
  async account(signal: AbortSignal): Promise<string | null> {
    this.#account ??= await this.#clients.account(signal).catch(() => undefined);
    return this.#account ?? null;
  }

  close(): void {
    this.#clients.destroy();
  }
}

const priceOf = (what: string, {usd, octets}: Price): ConsoleProblem =>
  new ConsoleProblem('price', `this would ${what}`, {usd, octets});

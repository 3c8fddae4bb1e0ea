// What every command knows: the stage, the clients of AWS for it, the terminal, and what it may do there.

import {localStage} from '../../shared/names.ts';
import {type Clients, clientsOf, type StageOptions} from '../aws/clients.ts';
import {NotAllowed} from './problems.ts';
import type {Terminal} from './terminal.ts';

/** The options that all commands have. */
export interface CommonOptions extends StageOptions {
  /** JSON on stdout, of a version, instead of text for people. */
  readonly json: boolean;
  readonly yes: boolean;
  readonly readOnly: boolean;
  /** False with --no-input: nothing is asked. */
  readonly input: boolean;
  /** Times in the zone of this machine, not in UTC. */
  readonly local: boolean;
}

export interface Context extends CommonOptions {
  readonly terminal: Terminal;
  readonly clients: Clients;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C, and when nobody reads the output any more. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /**
   * To be called before anything is changed. Outside the local stage it names the stage and the account, and asks where
   * what is done cannot be taken back.
   * @param what as a sentence goes on: `drop 3 dead letters`
   * @throws NotAllowed
   */
  mayChange(what: string, kind: 'harmless' | 'destructive'): Promise<void>;
  /**
   * To be called before something costs more than a few requests. Outside the local stage it asks.
   * @param what as a sentence goes on: `search 3 GB of logs for at most 0.02 USD`
   * @param price the same in numbers
   * @throws NotAllowed
   */
  maySpend(what: string, price: Price): Promise<void>;
}

export interface Price {
  readonly usd: number;
  /** How much is searched. */
  readonly octets: number;
}

export interface ContextParts {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

export function contextOf(options: CommonOptions, parts: ContextParts): Context {
  const clients = clientsOf(options, parts.env);
  const {terminal} = parts;
  const {stage, readOnly, yes, input} = options;
  const isAllowed = yes || stage === localStage;
  const ask = async (what: string, refusal: string) => {
    const where = `stage ${stage} of account ${await clients.account()} in ${await clients.region()}`;
    if (!input || !terminal.canAsk)
      throw new NotAllowed(`this would ${what}, in ${where}: say so with --yes`);
    const answer = await terminal.ask(`${where}: ${what}? [y/N] `);
    if (!/^y(?:es)?$/i.test(answer?.trim() ?? '')) throw new NotAllowed(refusal);
  };
  const mayChange: Context['mayChange'] = async (what, kind) => {
    if (readOnly) throw new NotAllowed(`--read-only: this would ${what}`);
    if (kind === 'destructive' && !isAllowed) await ask(what, 'nothing was done');
  };
  const maySpend: Context['maySpend'] = async what => {
    if (!isAllowed) await ask(what, 'nothing was spent');
  };
  return {...options, ...parts, clients, mayChange, maySpend};
}

// What the server of the console answers: the documents of the commands, and when they were true.

import type {Overview} from '../../shared/overview/overview.ts';
import type {Rule} from '../../shared/overview/rules.ts';

export type {DomainRow, QueueDepth} from '../../shared/overview/overview.ts';

/** What each answer has. */
export interface Answer {
  /** UTC. */
  readonly asOf: string;
  /** Where the numbers come from. */
  readonly source?: string;
}

export interface Session {
  readonly stage: string;
  readonly region: string;
  readonly account: string | null;
  readonly endpointUrl: string | null;
  readonly isLocal: boolean;
  readonly readOnly: boolean;
  readonly relayq: string;
}

export type OverviewAnswer = Overview & Answer;

export type Numbers = readonly (number | null)[];

export interface Series extends Answer {
  readonly stepSeconds: number;
  /** Seconds since the epoch. */
  readonly times: readonly number[];
  readonly attempts: Numbers;
  readonly accepted: Numbers;
  readonly deferred: Numbers;
  readonly bounced: Numbers;
  readonly held?: Numbers;
  /** Milliseconds. */
  readonly latencyP50: Numbers;
  readonly latencyP95: Numbers;
  readonly queues?: Readonly<Record<string, Numbers>>;
  readonly price?: string | number | null;
}

interface Fact {
  readonly what: string;
  readonly is: string;
  readonly why?: string;
  readonly isBad?: boolean;
}

export interface ExplainStep {
  readonly step: string;
  readonly facts: readonly Fact[];
  readonly [property: string]: unknown;
}

export interface Explanation extends Answer {
  readonly goes: boolean;
  readonly verdict: string;
  readonly steps: readonly ExplainStep[];
}

export interface TraceEvent {
  readonly time: string;
  readonly what: string;
  readonly fate?: string;
  readonly why?: string;
  readonly until?: string;
  readonly [fact: string]: unknown;
}

export interface TracedMessage {
  readonly id: string;
  readonly recipient?: string;
  readonly domain?: string;
  readonly state: string;
  readonly lanes: readonly string[];
  readonly isOver: boolean;
  readonly next?: string;
  readonly events: readonly TraceEvent[];
}

export interface Trace extends Answer {
  readonly traced: string;
  readonly searchedSince: string;
  readonly messages: readonly TracedMessage[];
}

export interface SearchLine {
  readonly time: string;
  readonly id?: string | null;
  readonly recipient?: string | null;
  readonly domain?: string | null;
  readonly fate?: string | null;
  readonly class?: string | null;
  readonly code?: number | string | null;
  readonly status?: string | null;
  readonly description?: string | null;
  readonly attempt?: number | null;
  readonly tags?: readonly string[] | null;
}

export interface SearchAnswer extends Answer {
  readonly lines: readonly SearchLine[];
  readonly searchedSince: string;
  /** Not all that fits. */
  readonly isCut?: boolean;
}

export interface Setting {
  readonly name: string;
  readonly value: string | null;
  readonly default?: string | null;
  readonly source: 'default' | 'parameter';
  /** False: another one counts in its place. */
  readonly counts: boolean;
  readonly version: number | null;
  readonly since: string | null;
  /** What kind of value it takes, and what is allowed. */
  readonly kind?: string;
  readonly allowed?: string | readonly string[];
  readonly doc?: string;
  readonly isSecret?: boolean;
  readonly [more: string]: unknown;
}

/** What holds mail back or ends it. */
export interface HoldsAnswer extends Answer {
  readonly held: number;
  readonly rules: readonly Rule[];
  readonly problems: readonly {readonly path: string; readonly problem: string}[];
}

/** What a pause or a cancellation would be. */
export interface HoldPreview extends Answer {
  readonly setting: string;
  /** As the parameter would hold it. */
  readonly text: string;
  readonly mail: string;
  readonly estimateText: string;
}

interface SettingProblem {
  readonly name: string;
  readonly problem: string;
  readonly suggestion?: string | null;
}

export interface SettingsAnswer extends Answer {
  readonly settings: readonly Setting[];
  readonly problems: readonly SettingProblem[];
}

export interface ChangedSettings {
  readonly changed: readonly {readonly name: string; readonly version: number | null}[];
  readonly notes?: readonly string[];
}

export interface Letter {
  readonly id: string;
  readonly queue: string;
  readonly sent: string;
  readonly receives: number;
  readonly source?: string;
  readonly kind: 'message' | 'result' | 'text';
  readonly messageId?: string;
  readonly recipient?: string;
  readonly domain?: string;
  readonly subject?: string;
  readonly octets: number;
  readonly why: string;
}

export interface LettersAnswer extends Answer {
  readonly queues: readonly {
    readonly queue: string;
    readonly name: string;
    readonly about: number;
    readonly letters: readonly Letter[];
  }[];
}

export interface LetterAnswer extends Answer, Letter {
  readonly group?: string;
  readonly body: unknown;
}

export interface ReceivedMail {
  readonly number: number;
  readonly received: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject?: string | null;
  readonly size: number;
  readonly tls?: boolean;
}

export interface MailAnswer extends Answer {
  readonly mail: readonly ReceivedMail[];
}

export interface OneMail extends Answer {
  readonly headers: readonly {readonly name: string; readonly value: string}[];
  readonly text: string | null;
  readonly hasHtml: boolean;
  readonly attachments: readonly {
    readonly name: string | null;
    readonly type: string;
    readonly size: number;
    readonly part: number | string;
  }[];
  readonly links: readonly (string | {readonly url: string; readonly text?: string})[];
}

export interface Suppression {
  /** An address or a domain. */
  readonly who: string;
  readonly kind: 'address' | 'domain';
  readonly state: 'suppressed' | 'counted' | 'expired';
  readonly reason: string;
  readonly source: string;
  readonly time: string;
  readonly code?: number;
  readonly status?: string;
  readonly expires?: string;
  readonly count: number;
}

export interface SuppressionsAnswer extends Answer {
  /** Whether the list is read at all. */
  readonly on: boolean;
  /** How many hard bounces suppress an address. */
  readonly after: number;
  readonly entries: readonly Suppression[];
  /** Where the next page begins. */
  readonly next: string | null;
  /** The one spelling of what was asked about, and what came of it. */
  readonly who?: string;
  readonly suppressed?: boolean;
}

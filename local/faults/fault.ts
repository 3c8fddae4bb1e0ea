// What can be made to fail, as tests and people write it: calls of services, execution environments, SMTP replies of the
// sink. Reading finds all mistakes at once.

import * as v from 'valibot';
import {smtpStages} from '../sink/sink-reply.ts';
import {troubledServices} from './errors.ts';

const text = v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'));
/** `*` stands for any number of characters. */
const pattern = text;
const number = v.number('must be a number');
const integer = v.pipe(number, v.safeInteger('must be a whole number'));
const positive = v.pipe(integer, v.minValue(1, 'must be 1 or more'));
/** At most what setTimeout can hold. */
const milliseconds = v.pipe(
  integer,
  v.minValue(0, 'must not be negative'),
  v.maxValue(2_147_483_647, 'is too long'),
);
const fraction = v.pipe(
  number,
  v.minValue(0, 'must be between 0 and 1'),
  v.maxValue(1, 'must be between 0 and 1'),
);
const oneOf = <const T extends readonly string[]>(values: T) =>
  v.picklist(values, `must be one of: ${values.join(', ')}`);

/** How much a fault hits of what it concerns. */
const dose = {
  /** The probability for each; 1 by default. */
  rate: v.optional(fraction),
  /** Only the next so many. */
  count: v.optional(positive),
  /** Two runs with the same seed and the same calls in the same order hit the same calls. */
  seed: v.optional(integer),
};

/** Which calls it concerns: by default all that the functions make. */
const calls = {
  service: v.optional(oneOf(troubledServices)),
  operation: v.optional(pattern),
  /** The name of a queue. */
  queue: v.optional(pattern),
  /** A text anywhere in the parameters of the call, for example in a message. */
  containing: v.optional(text),
  /** The name of the function that calls. */
  function: v.optional(pattern),
  /** `all`: also calls of the `aws` command line, of tests and of other programs. */
  from: v.optional(oneOf(['functions', 'all'])),
};

const callFault = v.variant(
  'fault',
  [
    v.strictObject({
      /**
       * `fail`: 500; `unavailable`: 503; `throttle` and `refuse`: as the service words it; `hang`: no answer until
       * the client goes away or the fault is removed; `drop`: it is done, and the connection closes without an answer.
       */
      fault: oneOf(['fail', 'unavailable', 'throttle', 'refuse', 'hang', 'drop']),
      ...calls,
      ...dose,
    }),
    /** It is done, but later. Other faults can still hit it. */
    v.strictObject({fault: v.literal('delay'), ms: milliseconds, ...calls, ...dose}),
    /** A share of a batch's entries is not done and comes back as failed; half of them by default. */
    v.strictObject({fault: v.literal('partial'), share: v.optional(fraction), ...calls, ...dose}),
  ],
  'must be one of: fail, unavailable, throttle, refuse, hang, drop, delay, partial',
);

const kill = v.variant(
  'kill',
  [
    /** Kills the execution environment that makes a call: before the call takes effect, or after. */
    v.strictObject({kill: oneOf(['before', 'after']), ...calls, ...dose}),
    /** Kills all that run. */
    v.strictObject({kill: v.literal('now'), function: v.optional(pattern)}),
    /** Kills one of those that run, again and again, at random: every so many milliseconds on average. */
    v.strictObject({
      kill: v.literal('random'),
      everyMs: v.pipe(milliseconds, v.minValue(1, 'must be 1 or more')),
      function: v.optional(pattern),
      count: v.optional(positive),
      seed: v.optional(integer),
    }),
  ],
  'must be one of: before, after, now, random',
);

const stage = {stage: v.optional(oneOf(smtpStages))};
const smtp = v.strictObject({
  /** A stage of the dialogue; all stages by default. `data` is when the text has arrived. */
  smtp: v.union(
    [
      /** Each reply comes so much later. */
      v.strictObject({...stage, delayMs: milliseconds}),
      /** From here on the connection's replies trickle. */
      v.strictObject({...stage, octetsPerSecond: v.pipe(positive, v.maxValue(1000, 'must be at most 1000'))}),
      /** The connection closes without a reply. */
      v.strictObject({...stage, close: v.literal(true)}),
      v.strictObject({
        ...stage,
        code: v.pipe(integer, v.minValue(400, 'must be 400 to 599'), v.maxValue(599, 'must be 400 to 599')),
        text: v.optional(v.pipe(v.string('must be a string'), v.regex(/^[ -~]{1,400}$/, 'must be ASCII'))),
      }),
    ],
    'must be one of {delayMs}, {octetsPerSecond}, {close: true}, {code, text}, each with a stage or without',
  ),
  /** The address that the reply is about: at `rcpt` and `data`. Without it, it is about everything. */
  recipient: v.optional(pattern),
  ...dose,
});

export type CallFault = Readonly<v.InferOutput<typeof callFault>>;
export type KillFault = Readonly<v.InferOutput<typeof kill>>;
export type SmtpFault = Readonly<v.InferOutput<typeof smtp>>;
export type Fault = CallFault | KillFault | SmtpFault;

const schemas = {fault: callFault, kill, smtp};

export type ParsedFaults =
  | {readonly ok: true; readonly faults: readonly Fault[]}
  | {readonly ok: false; readonly problems: readonly string[]};

/** A list of faults, or one alone. */
export function parseFaults(value: unknown): ParsedFaults {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const parsed = values.map((each, index) => parseFault(each, Array.isArray(value) ? `[${index}]` : ''));
  const problems = parsed.flatMap(each => each.problems);
  return problems.length > 0
    ? {ok: false, problems}
    : {ok: true, faults: parsed.flatMap(({fault}) => (fault === undefined ? [] : [fault]))};
}

interface ParsedFault {
  readonly fault?: Fault;
  readonly problems: readonly string[];
}

function parseFault(value: unknown, path: string): ParsedFault {
  const at = (...steps: readonly string[]) => [path, ...steps].filter(step => step !== '').join('.');
  const problem = (text: string, ...steps: readonly string[]) =>
    [at(...steps), text].filter(part => part !== '').join(': ');
  if (typeof value !== 'object' || value === null) return {problems: [problem('must be an object')]};
  const kinds = Object.keys(schemas).filter(kind => kind in value) as (keyof typeof schemas)[];
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return {problems: [problem('must have one of: fault, kill, smtp')]};
  const result = v.safeParse<v.GenericSchema<unknown, Fault>>(schemas[kind], value);
  if (!result.success) {
    const issues = result.issues.map(issue => {
      const steps = (issue.path ?? []).map(({key}) => String(key));
      return problem(issue.expected === 'never' ? 'is not known here' : wordingOf(issue), ...steps);
    });
    return {problems: [...new Set(issues)]};
  }
  const contradictions = contradictionsOf(result.output).map(text => problem(text));
  return contradictions.length > 0 ? {problems: contradictions} : {fault: result.output, problems: []};
}

/** Says so when a property is missing. */
const wordingOf = ({input, message, path}: v.BaseIssue<unknown>): string =>
  input === undefined && path !== undefined ? 'is missing' : message;

function contradictionsOf(fault: Fault): string[] {
  if (!('service' in fault || 'queue' in fault || 'from' in fault)) return [];
  const contradictions: string[] = [];
  const {service, queue, from, function: caller} = fault;
  if (service !== undefined && service !== 'sqs' && queue !== undefined)
    contradictions.push(`queue: ${service} has none`);
  if (from === 'all' && (caller !== undefined || 'kill' in fault))
    contradictions.push('from: all is more than the calls of a function');
  return contradictions;
}

// The account of one message: what was sent, what its queues got, and what servers noted about it. Whatever does not
// fit together is a problem, in words.

import {domainToASCII} from 'node:url';
import {isDeepStrictEqual} from 'node:util';
import type {ResultKind} from '../../shared/names.ts';
import type {Expected, Mail} from '../samples/mail-mix.ts';
import type {Dealings, Reply} from '../servers/ledger.ts';
import {names, type Result} from './pipeline-under-test.ts';

export interface Account {
  readonly mail: Mail;
  /** All its results, by queue. */
  readonly results: ReadonlyMap<string, readonly Result[]>;
  readonly dealings: Dealings | undefined;
  /** What connections were told, whatever message they were for. */
  readonly connectionReplies: readonly Reply[];
  /** A queue that does not exist. */
  readonly missingQueue: string;
}

interface Entry {
  readonly state: string;
  readonly result: string;
  readonly code?: number;
  readonly status?: string;
  readonly description?: string;
  readonly maybesent?: true;
}

const entriesOf = (result: Result) => result.results as unknown as readonly Entry[];
const attemptsOf = (result: Result) => result.relayq.attempts;

/** Notes a problem where something is not what it should be. */
type Check = (what: string, is: unknown, should: unknown) => void;

export function problemsOf(account: Account): string[] {
  const {mail, results, dealings} = account;
  const problems: string[] = [];
  const all = [...results.values()].flat();
  const final = all.find(({fate}) => fate !== 'deferred');
  const check: Check = (what, is, should) => {
    if (isDeepStrictEqual(is, should)) return;
    const shown = [is, should].map(value => JSON.stringify(value));
    problems.push(`message ${mail.number}: ${what} ${shown[0]}, not ${shown[1]} ${JSON.stringify(final)}`);
  };
  if (final === undefined) {
    check('final results', 0, 1);
    return problems;
  }
  check('results', whereResultsAre(results), whereTheyBelong(account, final));
  const others = all.filter(({fate}) => fate !== 'deferred').filter(each => !isDeepStrictEqual(each, final));
  check('finals that say something else', others, []);
  if (mail.expected === undefined) {
    check('fate', final.fate, 'invalid');
    check('connections', dealings, undefined);
    check('problems named', Array.isArray(final.problems) && final.problems.length > 0, true);
    return problems;
  }
  checkHistory(final, all, check);
  checkCarried(final, mail, mail.expected, check);
  const known = dealings ?? {moods: [], replies: [], arrivals: []};
  checkReplies(entriesOf(final), [...known.replies, ...account.connectionReplies], check);
  checkFate(final, known, mail.expected, check);
  checkArrivals(known, mail.expected, check);
  return problems;
}

const whereResultsAre = (results: Account['results']) =>
  [...results].flatMap(([queue, those]) => those.map(({fate}) => `${fate} on ${queue}`)).sort();

function whereTheyBelong({mail, missingQueue}: Account, final: Result): string[] {
  const belongs = (kind: ResultKind, fate: string) => {
    const named = mail.queues[kind];
    if (named === null) return [];
    return [`${fate} on ${named === undefined || named === missingQueue ? names.results[kind] : named}`];
  };
  const deferrals = Math.max(attemptsOf(final) - 1, 0);
  const deferred = [...belongs('results', 'deferred'), ...belongs('retry', 'deferred')];
  const ended = [
    ...belongs('results', final.fate),
    ...belongs(final.fate === 'accepted' ? 'success' : 'failure', final.fate),
  ];
  return [...Array.from({length: deferrals}, () => deferred).flat(), ...ended].sort();
}

/** There is one entry for each attempt, and one more for giving up; earlier results have the same entries. */
function checkHistory(final: Result, all: readonly Result[], check: Check): void {
  const entries = entriesOf(final);
  const given = entries.filter(({state}) => state !== 'process').length;
  check('entries', given, attemptsOf(final));
  check('entries of giving up', entries.length - given, final.fate === 'expired' ? 1 : 0);
  for (const earlier of all.filter(({fate}) => fate === 'deferred')) {
    check('earlier entries', entriesOf(earlier), entries.slice(0, attemptsOf(earlier)));
  }
}

function checkCarried(final: Result, {number}: Mail, expected: Expected, check: Check): void {
  const {sender, recipient, tags, keepMime, text} = expected;
  check('envelope', /^(?:<>)?$/.test(String(final.envelope ?? '')) ? '' : final.envelope, sender);
  check('recipient', final.recipient, recipient);
  check('tags', final.tags, tags);
  check('custom property', final.custom, {nested: [number, null, 'ü'], flag: true});
  const mime = typeof final.mime === 'string' ? final.mime.replace(/\r\n|\r|\n/g, '\r\n') : undefined;
  const kept =
    mime === undefined
      ? undefined
      : Buffer.from(mime)
          .toString('latin1')
          .replace(/(\r\n)?$/, '\r\n');
  checkText('mime', kept, keepMime ? text : undefined, check);
}

/** Each entry with a code has a reply that a server gave at that stage, to that message or its connection. */
function checkReplies(entries: readonly Entry[], replies: readonly Reply[], check: Check): void {
  for (const {state, code, status, description} of entries.filter(entry => entry.code !== undefined)) {
    const stage = state === 'helo' ? 'ehlo' : state;
    const reply = replies.find(each => each.description === description);
    check('reply', [stage, code, description], [reply?.stage, reply?.code, reply?.description]);
    if (reply === undefined) continue;
    // Where the server gave no status, the pipeline's own stands. It begins with 4 (transient, RFC 3463 2) where a
    // 5xx is not taken for final.
    const severity = reply.act === 'refuse' && reply.stage in severities ? severities[reply.stage] : '4';
    const fallback = reply.act === 'please' ? '2' : severity;
    if (reply.status !== undefined) check('status', status, reply.status);
    else check('status', status?.[0], fallback);
  }
}

/** The stages where a refusal is about the message. */
const severities: Readonly<Record<string, string>> = {mailfrom: '5', rcptto: '5', data: '5', message: '5'};

function checkFate(
  final: Result,
  {replies, arrivals, moods}: Dealings,
  expected: Expected,
  check: Check,
): void {
  const {fate} = final;
  const attempts = attemptsOf(final);
  check('a fate', ['accepted', 'bounced', 'expired'].includes(fate), true);
  const refused = replies.filter(({act, stage}) => act === 'refuse' && stage in severities).length;
  check('refusals', refused, fate === 'bounced' ? 1 : 0);
  const told = arrivals.filter(arrival => arrival.told).length;
  check('acceptances', told, fate === 'accepted' ? 1 : 0);
  check('attempts past the limit', attempts > (expected.maxAttempts ?? attempts), false);
  if (fate === 'expired') check('attempts', attempts, expected.maxAttempts);
  const last = entriesOf(final).at(-1);
  if (fate === 'accepted' || fate === 'bounced') {
    const said = replies.find(({description}) => description === last?.description);
    check('the last word', said?.act, fate === 'accepted' ? 'please' : 'refuse');
  }
  const maybeSent = entriesOf(final).filter(entry => entry.maybesent).length;
  const untold = arrivals.length - told;
  const lostWithText = moods.filter(({stage, act}) => stage === 'message' && losses.has(act)).length;
  check('copies that nobody warned of', Math.max(untold - maybeSent, 0), 0);
  check('warnings without a reason', Math.max(maybeSent - lostWithText, 0), 0);
}

const losses: ReadonlySet<string> = new Set(['drop', 'cut', 'forget']);

function checkArrivals({arrivals}: Dealings, expected: Expected, check: Check): void {
  for (const {sender, recipient, login, text} of arrivals) {
    check('MAIL FROM', sender, expected.sender);
    check('RCPT TO', inALabels(recipient), inALabels(expected.recipient));
    check('login', login, expected.login);
    checkText('text', text, expected.text, check);
  }
}

/** U-labels and A-labels name the same domain (RFC 5890 2.3.2.1). */
const inALabels = (address: string): string => {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
};

/** Texts are long, so only the place where they begin to differ is shown. */
function checkText(what: string, is: string | undefined, should: string | undefined, check: Check): void {
  if (is === should) return;
  const [a, b] = [is ?? '', should ?? ''];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const around = (text: string | undefined) => text?.slice(Math.max(at - 20, 0), at + 40) ?? 'absent';
  check(`${what} from octet ${at}`, around(is), around(should));
}

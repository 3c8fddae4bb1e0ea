// Who may submit mail, and as whom: a JSON file, by user name.

import * as v from 'valibot';
import {isJsonObject, type Json, parseJson, surveyOf} from '../../shared/json.ts';
import {type Parsed, right, wrong} from '../../shared/parsed.ts';
import {type Mailbox, parseHostname, parseMailbox} from '../../shared/smtp/address.ts';
import {parseHash} from './password-hash.ts';

export interface Client {
  readonly username: string;
  /** A hash: `$scrypt$…` */
  readonly password: string;
  /** Whom MAIL FROM may name. */
  readonly senders: readonly Sender[];
  /** Whether its x-mq-* headers count, as far as the stage's setting lets them. */
  readonly isTrusted: boolean;
  /** Recipients, not texts; undefined without a limit. */
  readonly messagesPerMinute: number | undefined;
  /** At a time; undefined without a limit of its own. */
  readonly connections: number | undefined;
}

/** @returns whether an address is meant; undefined is the null reverse-path */
type Sender = (address: Mailbox | undefined) => boolean;

export type Clients = ReadonlyMap<string, Client>;

const shape = v.strictObject({
  password: v.string('must be a hash, as `relayq smtp password` prints it'),
  senders: v.pipe(
    v.array(v.string('must be a text'), 'must be a list: ["example.com", "jo@example.org", "<>"]'),
    v.nonEmpty('must name at least one sender; "*" for any'),
  ),
  trusted: v.optional(v.boolean('must be true or false'), false),
  messagesPerMinute: v.optional(wholeNumber(1, 1_000_000)),
  connections: v.optional(wholeNumber(1, 100_000)),
});

function wholeNumber(least: number, most: number) {
  const problem = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(problem), v.integer(problem), v.minValue(least, problem), v.maxValue(most, problem));
}

const maxDepth = 10;

/** @returns every problem, none of which quotes a password */
export function parseClients(text: string): Parsed<Clients> {
  const json = jsonOf(text);
  if (!isJsonObject(json))
    return wrong('must be a JSON object: {"NAME": {"password": "$scrypt$…", "senders": ["example.com"]}}');
  const clients = new Map<string, Client>();
  const problems: string[] = [];
  for (const [username, value] of Object.entries(json)) {
    const client = clientOf(username, value);
    if (client.ok) clients.set(username, client.value);
    else problems.push(client.problem);
  }
  if (problems.length > 0) return wrong(problems.join('; '));
  return clients.size === 0 ? wrong('must name at least one client') : right(clients);
}

function jsonOf(text: string): Json | undefined {
  try {
    return surveyOf(text).depth > maxDepth ? undefined : parseJson(text);
  } catch {
    return undefined;
  }
}

function clientOf(username: string, value: Json): Parsed<Client> {
  const parsed = v.safeParse(shape, value);
  const problems = (parsed.issues ?? []).map(issue => {
    const path = [username, v.getDotPath(issue)].filter(Boolean).join('.');
    return `${path} ${issue.type === 'strict_object' ? 'is no known property, or lacks one' : issue.message}`;
  });
  if (username === '' || Buffer.byteLength(username) > 100 || /\p{Cc}/u.test(username))
    problems.push('a name must have from 1 to 100 octets, without control characters');
  if (!parsed.success) return wrong(problems.join('; '));
  const {password, senders, trusted, messagesPerMinute, connections} = parsed.output;
  if (parseHash(password) === undefined)
    problems.push(`${username}.password must be a hash, as \`relayq smtp password\` prints it`);
  const rules = senders.map(senderOf);
  rules.forEach((rule, index) => {
    if (!rule.ok) problems.push(`${username}.senders.${index} ${rule.problem}`);
  });
  if (problems.length > 0) return wrong(problems.join('; '));
  return right({
    username,
    password,
    senders: rules.flatMap(rule => (rule.ok ? [rule.value] : [])),
    isTrusted: trusted,
    messagesPerMinute,
    connections,
  });
}

/** `jo@example.org`, `example.org`, `*.example.org`, `<>`, or `*` for anybody, the null reverse-path too. */
function senderOf(text: string): Parsed<Sender> {
  if (text === '*') return right(() => true);
  if (text === '<>') return right(address => address === undefined);
  if (text.includes('@')) {
    const mailbox = parseMailbox(text);
    if (!mailbox.ok) return mailbox;
    const {localPart, domain} = mailbox.value;
    return right(address => address?.localPart === localPart && address.domain === domain);
  }
  const isBelow = text.startsWith('*.');
  const domain = parseHostname(isBelow ? text.slice(2) : text);
  if (!domain.ok) return wrong('must be an address, a domain, *.DOMAIN, "<>" or "*"');
  return right(address =>
    isBelow ? address?.domain.endsWith(`.${domain.value}`) === true : address?.domain === domain.value,
  );
}

export const mayBeFrom = ({senders}: Client, address: Mailbox | undefined): boolean =>
  senders.some(isMeant => isMeant(address));

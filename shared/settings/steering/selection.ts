// Which mail a pause or a forced error is for. All that it names must be so; to be for all mail it has to say so, as a
// selection that was forgotten would stop everything.

import {parseDomainPattern} from '../../classes/own-rule.ts';
import {type Parsed, right, wrong} from '../../parsed.ts';
import {parseHost, parseMailbox} from '../../smtp/address.ts';
import {parseText} from './members.ts';

export interface Selection {
  /** Of the recipient, with wildcards: `*.example.org`. */
  readonly domain?: string;
  /** The host of a smarthost or a sink, with wildcards, and perhaps its port: `smtp.example.net:587`. */
  readonly nextHop?: string;
  readonly tag?: string;
  /** An address in lower case, with its domain in A-labels. */
  readonly recipient?: string;
  /** The SQS message ID that the message had on the outbox. */
  readonly id?: string;
  readonly all?: true;
}

const longestTag = 200;

export const selectionMembers = {
  domain: parseDomainPattern,
  nextHop: parseNextHop,
  tag: parseText(longestTag),
  recipient: parseRecipient,
  id: (value: unknown): Parsed<string> =>
    typeof value === 'string' && /^[!-~]{1,80}$/.test(value)
      ? right(value)
      : wrong('must be the ID of a message, as its results have it'),
  all: (value: unknown): Parsed<true> => (value === true ? right(true as const) : wrong('must be true')),
};

const selectors = Object.keys(selectionMembers) as readonly (keyof Selection)[];

/** What is wrong with a selection as a whole. */
export function selectionProblem(selection: Selection): string | undefined {
  const named = selectors.filter(name => selection[name] !== undefined);
  const others = selectors.filter(name => name !== 'all').join(', ');
  if (named.length === 0) return `needs at least one of ${others}; or "all": true for all mail`;
  return selection.all && named.length > 1
    ? `has all, and beside it ${named.filter(name => name !== 'all').join(', ')}: remove one of them`
    : undefined;
}

function parseNextHop(value: unknown): Parsed<string> {
  const problem = wrong(
    'must be the host of a smarthost or sink such as smtp.example.net, perhaps with wildcards, and perhaps with :port',
  );
  if (typeof value !== 'string' || value.length > 260) return problem;
  const text = value.trim().toLowerCase();
  const isAddress = parseHost(text);
  if (isAddress.ok) return isAddress;
  const [, host = '', port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (port !== undefined && parseHost(host).ok) return right(text);
  return text.includes('*') && /^[a-z\d.*-]+(?::\d{1,5})?$/.test(text) ? right(text) : problem;
}

function parseRecipient(value: unknown): Parsed<string> {
  const mailbox = typeof value === 'string' ? parseMailbox(value) : wrong('must be an address');
  return mailbox.ok ? right(addressKeyOf(mailbox.value)) : mailbox;
}

/** However producers write an address. */
export const addressKeyOf = ({
  localPart,
  domain,
}: {
  readonly localPart: string;
  readonly domain: string;
}): string => `${localPart.toLowerCase()}@${domain}`;

/** In words, for people: `domain example.org and tag spring`. */
export function selectionText(selection: Selection): string {
  if (selection.all) return 'all mail';
  const words: Readonly<Partial<Record<keyof Selection, string>>> = {nextHop: 'next hop'};
  return selectors
    .flatMap(name => (selection[name] === undefined ? [] : [`${words[name] ?? name} ${selection[name]}`]))
    .join(' and ');
}

// All that receivers look at to tell whether mail is really from its From domain: signatures, SPF, DMARC, names of addresses.

import {dnsOf} from '../../functions/deliver/next-hop/lookup.ts';
import type {Parsed} from '../../shared/parsed.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Context} from '../command/context.ts';
import {addressesSectionOf} from './addresses-section.ts';
import {dkimSectionOf} from './dkim-section.ts';
import {dmarcSectionOf} from './dmarc-section.ts';
import type {Section} from './finding.ts';
import {Questions} from './questions.ts';
import {spfSectionOf} from './spf-section.ts';
import type {StoredKey} from './stored-keys.ts';
import {unsubscribeSectionOf} from './unsubscribe-section.ts';

export interface Mail {
  /** The domain of From. */
  readonly domain: string;
  /** Where bounces go; undefined for the null reverse-path. */
  readonly envelope: {readonly address: string; readonly domain: string} | undefined;
  /** The addresses that it is sent from, as far as they are known. */
  readonly addresses: readonly string[];
  /** What EHLO says; undefined for the address of the environment. */
  readonly helo: string | undefined;
  /** The host that it goes through, if it does not go to MX hosts. */
  readonly smarthost: string | undefined;
  /** The text, where there is one. */
  readonly text?: string;
}

export async function authenticationOf(
  mail: Mail,
  keys: Parsed<readonly StoredKey[]>,
  {mx}: Pick<Settings, 'mx'>,
  context: Pick<Context, 'signal' | 'now'>,
): Promise<readonly Section[]> {
  const questions = new Questions(dnsOf(mx), context.signal);
  try {
    const sections = await sectionsOf(mail, keys, questions, context.now());
    // What was not waited for says nothing.
    context.signal.throwIfAborted();
    return sections;
  } finally {
    questions.close();
  }
}

async function sectionsOf(
  mail: Mail,
  keys: Parsed<readonly StoredKey[]>,
  questions: Questions,
  nowMs: number,
): Promise<readonly Section[]> {
  const {domain, envelope, addresses, helo, smarthost, text} = mail;
  const isOthersTask = smarthost !== undefined || text !== undefined;
  const [dkim, spf, ofAddresses] = await Promise.all([
    dkimSectionOf(domain, keys, {questions, nowMs, isOthersTask}),
    envelope &&
      spfSectionOf(
        envelope.domain,
        envelope.address,
        {addresses, smarthost, helo: helo ?? envelope.domain},
        questions,
      ),
    addressesSectionOf({addresses, helo, smarthost}, questions),
  ]);
  const identities = {
    signers: dkim.signers,
    mayBeSigned: isOthersTask && !(keys.ok && keys.value.length > 0),
    envelope: envelope?.domain,
    spfPasses: spf?.passes,
  };
  const dmarc = await dmarcSectionOf(domain, identities, questions);
  return [
    dkim,
    ...(spf ? [spf] : []),
    dmarc,
    ofAddresses,
    ...(text === undefined ? [] : [unsubscribeSectionOf(text, keys.ok && keys.value.length > 0)]),
  ];
}

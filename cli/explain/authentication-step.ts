// Whether receivers can tell that the message is really from its From domain: what `relayq dkim check` tells of a domain. It is
// asked from this machine, and does not stand in the message's way.

import {fromDomainsOf} from '../../functions/deliver/dkim/from-domains.ts';
import type {Signer} from '../../functions/deliver/dkim/signer.ts';
import type {Candidate} from '../../shared/delivery/gate.ts';
import {recordNameOf} from '../../shared/dkim/key-name.ts';
import {keyDomainsOf, wantedSignatures} from '../../shared/dkim/message-signings.ts';
import {right, wrong} from '../../shared/parsed.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {awsProblemOf} from '../aws/aws-problem.ts';
import type {Context} from '../command/context.ts';
import {authenticationOf} from '../dkim-check/authentication.ts';
import {dataOf, type Finding, isBad, zoneLineOf} from '../dkim-check/finding.ts';
import {titles} from '../dkim-check/report-text.ts';
import {storedKeysFor} from '../dkim-check/stored-keys.ts';
import type {Fact, Step} from './step.ts';

export async function authenticationStep(
  {message}: Candidate,
  {
    hasText,
    settings,
    signer,
    context,
  }: {
    readonly hasText: boolean;
    readonly settings: Settings;
    /** It has decided about the message. */
    readonly signer: Pick<Signer, 'keysOf'>;
    readonly context: Context;
  },
): Promise<Step> {
  if (!hasText)
    return stepOf(
      [{what: 'message', is: 'none given', why: 'DKIM, SPF and DMARC are about whom it is from'}],
      {},
    );
  const domains = fromDomainsOf(message.text);
  const [domain, ...others] = domains;
  if (domain === undefined)
    return stepOf([{what: 'From', is: 'has no address', why: 'receivers refuse that', isBad: true}], {
      from: [],
    });
  // A sink takes the place of a smarthost for a while.
  const smarthost = (message.smarthost ?? settings.smarthost)?.hosts.join(', ');
  const {envelope, text} = message;
  const mail = {domain, envelope, addresses: [], helo: settings.heloName, smarthost, text};
  const sections = await authenticationOf(mail, await keysFor(domain, context), settings, context);
  const several: Fact = {
    what: 'From',
    is: `addresses of ${domains.length} domains`,
    why: 'DMARC fails',
    isBad: true,
  };
  return stepOf(
    [
      ...(others.length > 0 ? [several] : []),
      signatureFact(message, settings, signer),
      ...sections.flatMap(({subject, findings}) => findings.map(finding => factOf(titles[subject], finding))),
      {what: 'asked', is: 'from this machine', why: 'receivers may be told something else'},
    ],
    {
      from: domains,
      signedWith: signer.keysOf(message).map(recordNameOf),
      askedFrom: 'this machine',
      sections: sections.map(dataOf),
    },
  );
}

/** Who may explain need not be allowed to read keys. */
const keysFor = (domain: string, {clients, stage}: Context) =>
  storedKeysFor(clients.ssm, stage, domain).then(right, (error: Error) => wrong(awsProblemOf(error)));

function signatureFact(
  message: Candidate['message'],
  {dkim}: Settings,
  signer: Pick<Signer, 'keysOf'>,
): Fact {
  const what = 'signed with';
  const names = signer.keysOf(message).map(recordNameOf);
  if (names.length > 0) return {what, is: names.join(', '), why: 'dkim-rules, or the message itself'};
  const domains = keyDomainsOf(wantedSignatures(message.dkim, dkim, () => fromDomainsOf(message.text)));
  return domains.length > 0
    ? {
        what,
        is: `nothing that is known here: keys of ${domains.join(', ')}`,
        why: 'they are not there, or cannot be read',
      }
    : {what, is: 'no key', why: 'no rule of dkim-rules is for it'};
}

const stepOf = (facts: readonly Fact[], data: Step['data']): Step => ({step: 'authentication', facts, data});

const factOf = (title: string, finding: Finding): Fact => ({
  what: title,
  is: `${finding.what}: ${finding.is}`,
  ...(finding.publish !== undefined && {why: `publish ${zoneLineOf(finding.publish)}`}),
  ...(isBad(finding) && {isBad: true}),
});

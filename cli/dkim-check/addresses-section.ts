// The names of the addresses that mail is sent from, and the name that EHLO says.

import {addressLiteralOf, familyOf, isPrivateAddress} from '../../shared/smtp/ip-address.ts';
import {countOf} from '../terminal/printable.ts';
import {bad, type Finding, good, hint, type Section} from './finding.ts';
import type {Questions} from './questions.ts';
import {reverseNameOf} from './spf-macro.ts';

export interface Sending {
  readonly addresses: readonly string[];
  /** What EHLO says; undefined for the address of the environment. */
  readonly helo: string | undefined;
  /** What mail goes through; it knows us by our login, and has names of its own. */
  readonly smarthost: string | undefined;
}

export async function addressesSectionOf(sending: Sending, questions: Questions): Promise<Section> {
  const names = new Map<string, readonly string[]>();
  const ofAddresses = await Promise.all(
    sending.addresses.map(async address => {
      const {findings, confirmed} = await reverseFindings(address, sending.helo, questions);
      names.set(address, confirmed);
      return findings;
    }),
  );
  const ofHelo = await heloFindings(sending, questions);
  return {
    subject: 'addresses',
    findings: [...ofAddresses.flat(), ...ofHelo],
    data: {
      helo: sending.helo ?? null,
      addresses: sending.addresses.map(address => ({address, confirmedNames: names.get(address) ?? []})),
    },
  };
}

const mostNames = 10;

const isSame = (a: string, b: string): boolean => addressLiteralOf(a) === addressLiteralOf(b);

/** An address has a name, and the name has the address. */
async function reverseFindings(
  address: string,
  helo: string | undefined,
  questions: Questions,
): Promise<{readonly findings: readonly Finding[]; readonly confirmed: readonly string[]}> {
  if (isPrivateAddress(address))
    return {findings: [bad(address, 'is a private address: receivers see another one')], confirmed: []};
  const reverse = reverseNameOf(address);
  const wanted = {name: reverse, type: 'PTR', value: `${helo ?? '<a name of yours>'}.`} as const;
  const answer = await questions.ask(reverse, 'PTR');
  if (answer.kind === 'unknown')
    return {findings: [bad(address, `its name cannot be looked up: ${answer.why}`)], confirmed: []};
  const where = 'of an Elastic IP it is set in EC2';
  if (answer.kind === 'none')
    return {
      findings: [bad(address, `has no name (PTR), which large receivers refuse; ${where}`, wanted)],
      confirmed: [],
    };
  const confirmed: string[] = [];
  const others: string[] = [];
  for (const name of answer.records.slice(0, mostNames)) {
    const back = await questions.addresses(name);
    const isBack = back.kind === 'found' && back.records.some(each => isSame(each, address));
    (isBack ? confirmed : others).push(name.toLowerCase());
  }
  if (confirmed.length === 0) {
    const type = familyOf(address) === 4 ? 'A' : 'AAAA';
    const back = {name: others[0]!, type, value: address} as const;
    return {findings: [bad(address, `its name ${others[0]} does not lead back to it`, back)], confirmed};
  }
  const isHelo = helo !== undefined && confirmed.includes(helo);
  return {
    confirmed,
    findings: [
      good(
        address,
        `is ${confirmed.join(', ')}, which leads back to it${isHelo ? '; EHLO says so too' : ''}`,
      ),
      ...(answer.records.length > 1
        ? [
            hint(
              address,
              `has ${countOf(answer.records.length, 'name')}: receivers look at the first ones alone`,
            ),
          ]
        : []),
      ...(helo !== undefined && !isHelo
        ? [hint(address, `EHLO says ${helo}: some receivers want its own name`)]
        : []),
    ],
  };
}

/** Names that mean something on one network alone (RFC 6761, RFC 6762, RFC 8375, ICANN's list of collisions). */
const local =
  /^[^.]+$|(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|invalid|test|onion|home\.arpa)$/;

async function heloFindings(
  {addresses, helo, smarthost}: Sending,
  questions: Questions,
): Promise<readonly Finding[]> {
  const grade = smarthost === undefined ? bad : hint;
  if (helo === undefined) {
    const words = 'helo-name is not set, so that EHLO says a private address, which is nobody’s name';
    return [grade('EHLO', smarthost === undefined ? words : `${words}; the smarthost may not mind`)];
  }
  if (familyOf(helo.replace(/^\[(?:IPv6:)?|\]$/gi, '')) !== 0)
    return [grade('EHLO', `says the address ${helo}: a name is wanted`)];
  if (local.test(helo)) return [grade('EHLO', `says ${helo}, a name that others do not know`)];
  const answer = await questions.addresses(helo);
  const [first] = addresses;
  if (answer.kind === 'unknown')
    return [grade('EHLO', `says ${helo}, which cannot be looked up: ${answer.why}`)];
  const type = first === undefined || familyOf(first) === 4 ? 'A' : 'AAAA';
  const wanted = {name: helo, type, value: first ?? '<the address that mail is sent from>'} as const;
  if (answer.kind === 'none') return [grade('EHLO', `says ${helo}, which has no address`, wanted)];
  const missing = addresses.filter(address => !answer.records.some(each => isSame(each, address)));
  if (missing.length === 0)
    return [
      good(
        'EHLO',
        `says ${helo}, ${addresses.length === 0 ? 'which has an address' : 'which leads to where mail is sent from'}`,
      ),
    ];
  return missing.map(address =>
    grade('EHLO', `says ${helo}, which does not lead to ${address}`, {
      name: helo,
      type: familyOf(address) === 4 ? 'A' : 'AAAA',
      value: address,
    }),
  );
}

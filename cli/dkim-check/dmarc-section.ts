// The DMARC policy of the From domain (RFC 9989, RFC 7489), and whether our signatures and bounces count for it.

import {type DmarcRecord, isAligned, type PublishedDmarc, walkDmarc} from './dmarc-record.ts';
import {bad, type DnsRecord, type Finding, good, hint, type Section} from './finding.ts';
import type {Questions} from './questions.ts';

export interface Identities {
  /** Domains (d=) whose signatures hold. */
  readonly signers: readonly string[];
  /** Whether somebody may sign whom we do not know. */
  readonly mayBeSigned: boolean;
  /** Where bounces go; undefined for mail that has no bounces. */
  readonly envelope: string | undefined;
  /** Whether SPF lets us send for it; undefined where that is not known. */
  readonly spfPasses: boolean | undefined;
}

export async function dmarcSectionOf(
  domain: string,
  identities: Identities,
  questions: Questions,
): Promise<Section> {
  const walk = await walkDmarc(domain, questions);
  const {found, organisation, trouble} = walk;
  const applies =
    found.find(each => each.domain === domain) ??
    found.find(each => each.domain === organisation) ??
    found.at(-1);
  const top = found.at(-1)?.domain ?? domain;
  const wanted: DnsRecord = {
    name: `_dmarc.${applies?.domain ?? domain}`,
    type: 'TXT',
    value: `v=DMARC1; p=none; rua=mailto:dmarc-reports@${top}`,
  };
  const own = await findingsOf(domain, applies, wanted, trouble);
  const record = applies?.record.ok ? applies.record.value : undefined;
  const author = {domain, organisation: organisation ?? domain};
  const alignment = record === undefined ? [] : await alignmentOf(author, record, identities, questions);
  const reports = record === undefined ? [] : await reportFindings(applies!.domain, record, questions);
  const isInherited = applies !== undefined && applies.domain !== domain;
  return {
    subject: 'dmarc',
    findings: [...own, ...alignment, ...reports],
    data: {
      domain,
      recordDomain: applies?.domain ?? null,
      organisation: organisation ?? null,
      record: record?.text ?? null,
      policy: record ? (isInherited ? record.subdomainPolicy : record.policy) : null,
    },
  };
}

async function findingsOf(
  domain: string,
  applies: PublishedDmarc | undefined,
  wanted: DnsRecord,
  trouble: string | undefined,
): Promise<readonly Finding[]> {
  const lost = trouble === undefined ? [] : [bad(domain, `what is above it is not known: ${trouble}`)];
  if (applies === undefined)
    return lost.length > 0
      ? lost
      : [bad(domain, 'has no DMARC record, and no domain above it has one', wanted)];
  const {domain: at, record} = applies;
  const name = `_dmarc.${at}`;
  if (!record.ok)
    return [
      ...lost,
      bad(name, `receivers pass it over: it ${record.problem.replace(/^there/, 'is wrong: there')}`, wanted),
    ];
  const {policy, subdomainPolicy, isTesting, oddities, reports} = record.value;
  const counts = at === domain ? policy : subdomainPolicy;
  const inherited = at === domain ? '' : `, which counts for ${domain} too`;
  const words = `policy ${counts}${inherited}`;
  return [
    ...lost,
    good(name, words),
    ...(counts === 'none'
      ? [hint(name, 'p=none asks for reports alone: quarantine or reject keeps others out')]
      : []),
    ...(isTesting ? [hint(name, 't=y says that the domain is only testing: a weaker policy counts')] : []),
    ...(reports.length === 0
      ? [hint(name, 'has no rua=: nobody gets reports about who sends in its name')]
      : []),
    ...oddities.map(oddity => hint(name, `the record has ${oddity}`)),
  ];
}

/** One of both, signed or bounced, has to belong to the From domain. */
async function alignmentOf(
  author: {readonly domain: string; readonly organisation: string},
  {isDkimStrict, isSpfStrict}: DmarcRecord,
  {signers, mayBeSigned, envelope, spfPasses}: Identities,
  questions: Questions,
): Promise<readonly Finding[]> {
  const mode = (isStrict: boolean) => (isStrict ? 'strict' : 'relaxed');
  const aligned: string[] = [];
  for (const signer of signers)
    if (await isAligned(signer, author, {isStrict: isDkimStrict, questions})) aligned.push(signer);
  const [first] = aligned;
  const dkim =
    first !== undefined
      ? good(`d=${first}`, `signatures count for ${author.domain} (${mode(isDkimStrict)})`)
      : signers.length > 0
        ? bad(
            `d=${signers[0]}`,
            `signatures do not count for ${author.domain} (${mode(isDkimStrict)}): it wants a key of its own`,
          )
        : hint(author.domain, 'no signature that holds counts for it');
  const isSpfAligned =
    envelope !== undefined && (await isAligned(envelope, author, {isStrict: isSpfStrict, questions}));
  const passes = isSpfAligned && spfPasses !== false;
  const spf =
    envelope === undefined
      ? hint('<>', 'mail without bounces has no SPF domain of its own: only its signature counts')
      : !isSpfAligned
        ? hint(
            envelope,
            `bounces go to another domain, so that SPF does not count for ${author.domain} (${mode(isSpfStrict)})`,
          )
        : passes
          ? good(
              envelope,
              `SPF counts for ${author.domain} (${mode(isSpfStrict)})${spfPasses === undefined ? ', if it passes' : ''}`,
            )
          : hint(envelope, `SPF would count for ${author.domain}, and does not pass`);
  const fails = mayBeSigned
    ? hint(author.domain, 'DMARC passes only if somebody signs in its name')
    : bad(author.domain, 'DMARC fails: neither a signature nor SPF counts for it');
  return [dkim, spf, ...(first === undefined && !passes ? [fails] : [])];
}

const mostReports = 5;

/** Who gets reports of another organisation has to agree (RFC 9990 4, RFC 7489 7.1). */
async function reportFindings(
  domain: string,
  {reports}: DmarcRecord,
  questions: Questions,
): Promise<readonly Finding[]> {
  const hosts = reports
    .slice(0, mostReports)
    .flatMap(uri => /^mailto:[^@]+@([a-z0-9._-]+)$/i.exec(uri)?.[1]?.toLowerCase() ?? []);
  const ours = (await walkDmarc(domain, questions)).organisation;
  const findings = await Promise.all(
    [...new Set(hosts)].map(async (host): Promise<readonly Finding[]> => {
      if ((await walkDmarc(host, questions)).organisation === ours) return [];
      const name = `${domain}._report._dmarc.${host}`;
      const answer = await questions.txt(name);
      if (answer.kind === 'unknown')
        return [hint(host, `whether it takes reports of ${domain} is not known: ${answer.why}`)];
      const agrees = answer.kind === 'found' && answer.records.some(({text}) => /^v\s*=\s*DMARC1/.test(text));
      return agrees
        ? [good(host, `takes reports of ${domain}`)]
        : [
            bad(host, `does not say that it takes reports of ${domain}, so that nobody sends it any`, {
              name,
              type: 'TXT',
              value: 'v=DMARC1',
            }),
          ];
    }),
  );
  const odd = reports.filter(uri => !/^mailto:[^@]+@[a-z0-9.-]+$/i.test(uri)).slice(0, mostReports);
  return [
    ...findings.flat(),
    ...odd.map(uri =>
      hint(domain, `${uri} in rua= is no mailto: address, which is all that receivers send to`),
    ),
  ];
}

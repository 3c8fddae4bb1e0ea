// Whether the DNS shows the record of a key: by all servers of the zone that answer; where none does, by the resolver.

import {createPublicKey} from 'node:crypto';
import type {Dns} from '../../functions/deliver/next-hop/dns.ts';
import {recordNameOf} from '../../shared/dkim/key-name.ts';
import {dnsRecordOf} from '../../shared/dkim/private-key.ts';
import type {DkimKey} from '../../shared/dkim/signature.ts';
import {countOf} from '../terminal/printable.ts';
import {typeOf} from './stored-key.ts';
import {ZoneServerDns, zoneServersOf} from './zone-servers.ts';

export interface Publication {
  readonly isPublished: boolean;
  /** What the DNS shows, in words. */
  readonly why: string;
}

export interface LookOptions {
  readonly dns: Dns;
  /** Gives up. */
  readonly signal: AbortSignal;
  /** 53, except in tests. */
  readonly port?: number;
  readonly withinMs?: number;
}

type Sight = 'shown' | 'other' | 'several' | 'none' | 'alias' | 'silent';

const inWords: Readonly<Record<Exclude<Sight, 'alias'>, string>> = {
  shown: 'shows the record',
  other: 'shows another text at its name',
  several: 'shows several texts at its name, and receivers may take any',
  none: 'does not show the record yet',
  silent: 'does not answer',
};

const usualMs = 20_000;

export async function publicationOf(key: DkimKey, options: LookOptions): Promise<Publication> {
  const {dns, signal, port = 53, withinMs = usualMs} = options;
  const name = recordNameOf(key);
  const over = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const within = <T>(promise: Promise<T>, cancel: () => void): Promise<T> => {
    over.addEventListener('abort', cancel, {once: true});
    if (over.aborted) cancel();
    return promise.finally(() => over.removeEventListener('abort', cancel));
  };
  const stop = () => dns.cancel();
  const servers = await within(zoneServersOf(name, dns), stop);
  const told = await Promise.all(
    servers.map(async server => {
      const asked = new ZoneServerDns(server, port);
      const sight = await within(
        sightOf(key, () => asked.txt(name)),
        () => asked.cancel(),
      );
      return {...server, sight};
    }),
  );
  const wrong = told.find(({sight}) => ['other', 'several', 'none'].includes(sight));
  const shown = told.filter(({sight}) => sight === 'shown').length;
  signal.throwIfAborted();
  if (wrong !== undefined) {
    const {host, address, sight} = wrong;
    return {isPublished: false, why: `the name server ${host} (${address}) ${wordsOf(sight)}`};
  }
  if (shown > 0) {
    const silent = told.length - shown;
    const rest = silent === 0 ? '' : `; ${countOf(silent, 'other')} did not answer`;
    return {isPublished: true, why: `${countOf(shown, 'name server')} of the zone show it${rest}`};
  }
  const sight = await within(
    sightOf(key, async () => (await dns.query(name, 'TXT')).records.map(strings => strings.join(''))),
    stop,
  );
  signal.throwIfAborted();
  return {isPublished: sight === 'shown', why: `the DNS, as this machine sees it, ${wordsOf(sight)}`};
}

const wordsOf = (sight: Sight): string => (sight === 'alias' ? 'shows an alias' : inWords[sight]);

async function sightOf(key: DkimKey, ask: () => Promise<readonly string[] | 'alias'>): Promise<Sight> {
  try {
    const texts = await ask();
    if (texts === 'alias') return 'alias';
    if (texts.length === 0) return 'none';
    if (texts.length > 1) return 'several';
    return isRecordOf(texts[0]!, key) ? 'shown' : 'other';
  } catch {
    return 'silent';
  }
}

/** RFC 6376 3.6.1: blanks do not count. RSA keys may be published as PKCS#1, too. */
function isRecordOf(text: string, {privateKey}: DkimKey): boolean {
  const tags = new Map(
    text.split(';').map(part => {
      const [name = '', ...value] = part.split('=');
      return [name.trim(), value.join('=').replace(/\s+/g, '')] as const;
    }),
  );
  const type = typeOf(privateKey);
  if ((tags.get('v') ?? 'DKIM1') !== 'DKIM1' || (tags.get('k') ?? 'rsa') !== type) return false;
  const given = tags.get('p');
  if (dnsRecordOf(privateKey).endsWith(`; p=${given}`)) return true;
  if (type !== 'rsa') return false;
  return given === createPublicKey(privateKey).export({type: 'pkcs1', format: 'der'}).toString('base64');
}

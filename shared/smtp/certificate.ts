// A server's certificate as results tell it, with MailerQ's names. Whoever runs the server has written what it says: it is
// bounded here.

import type {X509Certificate} from 'node:crypto';
import {utcTimeOf} from '../utc-time.ts';
import {printable} from './reply.ts';

export interface Certificate {
  readonly notbefore: string;
  readonly notafter: string;
  /** Of X.509: 1 or 3. */
  readonly version: number;
  /** Whether it proves the server, as the level of the connection asks for or would. */
  readonly verified: boolean;
  /** `ok`, or why it proves nothing. */
  readonly result: string;
  readonly 'self-signed': boolean;
  readonly subject: CertificateName;
  readonly issuer: CertificateName;
  readonly altnames: readonly string[];
  /** How many more names it has. */
  readonly altnamesomitted?: number;
}

interface CertificateName {
  readonly common?: string;
  readonly country?: string;
  readonly locality?: string;
  readonly state?: string;
  readonly organization?: string;
}

/** @param problem undefined where it proves the server */
export function certificateOf(certificate: X509Certificate, problem: string | undefined): Certificate {
  const {validFromDate, validToDate, raw, subjectAltName} = certificate;
  const {subject, issuer} = certificate.toLegacyObject();
  const all = altNamesOf(subjectAltName ?? '');
  const altnames = fitting(all);
  return {
    notbefore: timeOf(validFromDate),
    notafter: timeOf(validToDate),
    version: versionOf(raw),
    verified: problem === undefined,
    result: problem ?? 'ok',
    'self-signed': certificate.checkIssued(certificate),
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    altnames,
    ...(all.length > altnames.length && {altnamesomitted: all.length - altnames.length}),
  };
}

/** RFC 5280 allows 64 characters for each part of a name (upper bounds of X.520). */
const longestPart = 100;
/** What the alternative names may take up. Those of large providers are some hundred octets long. */
const maxAltNamesLength = 2_048;
/** RFC 1035 2.3.4. */
const longestAltName = 253;

const timeOf = (date: Date): string => (Number.isNaN(date.getTime()) ? '' : utcTimeOf(date.getTime()));

const names = {common: 'CN', country: 'C', locality: 'L', state: 'ST', organization: 'O'} as const;

/** @param parts by OpenSSL's short names; the types do not know that one may be missing, or be there several times */
function nameOf(parts: object | undefined): CertificateName {
  const texts = (parts ?? {}) as Readonly<Record<string, string | readonly string[] | undefined>>;
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, short]) => {
      const text = [texts[short] ?? []].flat()[0];
      return text === undefined ? [] : [[name, printable(text).slice(0, longestPart)]];
    }),
  );
}

/** RFC 5280 4.1: the version follows the two sequence headers, in a tag of its own. Version 1 leaves it out. */
function versionOf(der: Buffer): number {
  const behindHeader = (at: number): number => {
    const length = der[at + 1] ?? 0;
    return at + 2 + (length < 0x80 ? 0 : length - 0x80);
  };
  const at = behindHeader(behindHeader(0));
  return der[at] === 0xa0 ? (der[at + 4] ?? 0) + 1 : 1;
}

/** Node writes `DNS:a.example, IP Address:192.0.2.1`, and what has other characters in it as a string of JSON. */
const altName = /(?:^|, )(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g;

const altNamesOf = (text: string): readonly string[] =>
  [...text.matchAll(altName)].map(([, name = '']) => printable(unquoted(name)).slice(0, longestAltName));

function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  try {
    return String(JSON.parse(name));
  } catch {
    return name;
  }
}

function fitting(all: readonly string[]): readonly string[] {
  let length = 0;
  const end = all.findIndex(name => {
    length += name.length + 3;
    return length > maxAltNamesLength;
  });
  return end < 0 ? all : all.slice(0, end);
}

// Leaving a list with one click (RFC 8058). Large receivers want it of bulk mail alone, so that all of it is a hint.

import {sectionsOf} from '../../shared/dkim/header-section.ts';
import {signedFieldsOf} from '../../shared/dkim/signed-fields.ts';
import {type Finding, good, hint, type Section} from './finding.ts';

/** @param isSigned whether a stored key would sign it */
export function unsubscribeSectionOf(text: string, isSigned: boolean): Section {
  const {fields} = sectionsOf(Buffer.from(text.replace(/\r?\n/g, '\r\n')));
  const valuesOf = (name: string) =>
    fields
      .filter(field => field.name === name)
      .map(({raw}) =>
        raw
          .slice(raw.indexOf(':') + 1)
          .replaceAll(/\r\n(?=[ \t])/g, '')
          .trim(),
      );
  const [where, click] = [valuesOf('list-unsubscribe'), valuesOf('list-unsubscribe-post')];
  const links = where.flatMap(value => [...value.matchAll(/<\s*([^<>]*?)\s*>/g)].map(([, uri = '']) => uri));
  const https = links.find(uri => /^https:\/\/[^/]/i.test(uri));
  const covered = coveredBy(fields.filter(({name}) => name === 'dkim-signature').map(({raw}) => raw));
  const ours = new Set(isSigned ? signedFieldsOf(fields, {}).names : []);
  const isCovered = (name: string) => ours.has(name) || covered.has(name);
  const isSignedBoth = isCovered('list-unsubscribe') && isCovered('list-unsubscribe-post');
  const isRight = https !== undefined && click.length === 1 && isOneClick(click[0]!) && where.length === 1;
  const finding: Finding[] =
    isRight && isSignedBoth
      ? [good('List-Unsubscribe', 'one click will do, and a signature covers it')]
      : isRight
        ? [
            hint(
              'List-Unsubscribe',
              'no DKIM signature would cover it with List-Unsubscribe-Post: receivers do not offer it then',
            ),
          ]
        : [hint('List-Unsubscribe', problemOf({where, links, https, click}))];
  return {
    subject: 'unsubscribe',
    findings: finding,
    data: {oneClick: isRight, covered: isRight && isSignedBoth},
  };
}

/** RFC 8058 3.2. */
const isOneClick = (value: string): boolean => /^List-Unsubscribe\s*=\s*One-Click$/i.test(value);

function problemOf(found: {
  readonly where: readonly string[];
  readonly links: readonly string[];
  readonly https: string | undefined;
  readonly click: readonly string[];
}): string {
  const {where, links, https, click} = found;
  const want =
    'bulk mail wants an https URI there, and List-Unsubscribe-Post: List-Unsubscribe=One-Click (RFC 8058)';
  if (where.length === 0 && click.length === 0) return `is not there: ${want}`;
  if (where.length === 0) return `is not there, though List-Unsubscribe-Post is: ${want}`;
  if (where.length > 1) return 'is there more than once: receivers take any of them';
  if (links.length === 0) return `has no URI in angle brackets: ${want}`;
  if (https === undefined) return `has no https URI: ${want}`;
  if (click.length === 0) return `is not a matter of one click: ${want}`;
  if (click.length > 1) return 'is right, and List-Unsubscribe-Post is there more than once';
  return 'is right, and List-Unsubscribe-Post does not say List-Unsubscribe=One-Click';
}

/** The fields that signatures of the text itself cover. */
const coveredBy = (signatures: readonly string[]): ReadonlySet<string> =>
  new Set(
    signatures.flatMap(raw => {
      const names = /;\s*h\s*=([^;]*)/i.exec(raw)?.[1] ?? '';
      return names.split(':').map(name => name.trim().toLowerCase());
    }),
  );

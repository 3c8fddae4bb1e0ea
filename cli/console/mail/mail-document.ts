// A received mail as the page shows it, made of its source. It runs in a thread of its own: the source may be hostile.

import PostalMime, {decodeWords} from 'postal-mime';

interface MailPart {
  readonly name: string | null;
  readonly type: string;
  readonly content: Uint8Array;
}

export interface ReadMail {
  readonly headers: readonly {readonly name: string; readonly value: string}[];
  readonly text: string | null;
  readonly html: string | null;
  readonly attachments: readonly MailPart[];
  readonly links: readonly string[];
}

const mostHeaders = 1000;
const longestHeader = 20_000;
const longestText = 2_000_000;
const mostAttachments = 200;
const longestName = 255;
const limits = {maxNestingDepth: 50, maxHeadersSize: 1_048_576};

export async function readMail(source: Uint8Array): Promise<ReadMail> {
  const mail = await PostalMime.parse(source, {...limits, attachmentEncoding: 'arraybuffer'});
  const {headers, text, html, attachments} = mail;
  return {
    headers: headers.slice(0, mostHeaders).map(({originalKey, key, value}) => ({
      name: originalKey ?? key,
      value: decodeWords(value.slice(0, longestHeader)),
    })),
    text: text?.slice(0, longestText) ?? null,
    html: html || null,
    attachments: attachments.slice(0, mostAttachments).map(({filename, mimeType, content}) => ({
      name: filename?.slice(0, longestName) ?? null,
      type: mimeType.slice(0, longestName),
      content: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content),
    })),
    links: linksIn(html ?? '', text ?? ''),
  };
}

const mostLinks = 200;
const longestLink = 2000;

/** Where a reader can go from it: nothing that a program would run. */
function linksIn(html: string, text: string): readonly string[] {
  const links = new Set<string>();
  const add = (link: string) => {
    if (/^(?:https?:|mailto:)/i.test(link) && links.size < mostLinks) links.add(link.slice(0, longestLink));
  };
  for (const [, double, single, bare] of html.matchAll(
    /\bhref\s{0,20}=\s{0,20}(?:"([^"]{1,4000})"|'([^']{1,4000})'|([^\s"'>]{1,4000}))/gi,
  ))
    add((double ?? single ?? bare ?? '').trim().replaceAll('&amp;', '&'));
  for (const [link] of text.matchAll(/\bhttps?:\/\/[^\s<>"]{1,4000}/gi))
    add(link.replace(/[.,;:!?)\]]+$/, ''));
  return [...links];
}

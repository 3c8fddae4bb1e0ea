// Calls of services that speak AWS's query protocols, without a client of the SDK: that of EC2 alone would be as large as
// all others together, for a few questions. The SDK signs, and parses the XML.

import {parseXML} from '@aws-sdk/xml-builder';
import {SignatureV4, type SignatureV4CryptoInit, type SignatureV4Init} from '@smithy/signature-v4';
import {noteOperation} from './failed-operation.ts';

const versions = {ec2: '2016-11-15', cloudformation: '2010-05-15'} as const;

/** An element with its children, by name; a text where it has none. */
export type Element = string | {readonly [name: string]: Element | readonly Element[] | undefined};

/** What the clients of the SDK have found out. */
interface Config {
  readonly credentials: SignatureV4Init['credentials'];
  readonly region: () => Promise<string>;
  readonly sha256: SignatureV4CryptoInit['sha256'];
}

const timeoutMs = 30_000;
/** The answers to what is asked are smaller by far. */
const mostOctets = 4_000_000;
const mostPages = 50;

export class QueryApi {
  readonly #config: Config;
  readonly #endpoint: string | undefined;

  /** @param endpoint where AWS is, instead */
  constructor(config: Config, endpoint: string | undefined) {
    this.#config = config;
    this.#endpoint = endpoint;
  }

  /** All items of a list that comes in pages. @throws Error with AWS's code as its name */
  async list(
    service: keyof typeof versions,
    action: string,
    {list, parameters = {}}: {readonly list: string; readonly parameters?: Readonly<Record<string, string>>},
    signal: AbortSignal,
  ): Promise<readonly Element[]> {
    const items: Element[] = [];
    let token = '';
    for (let page = 0; page < mostPages; page += 1) {
      const asked = {...parameters, ...(token !== '' && {NextToken: token})};
      const answer = await this.call(service, action, asked, signal);
      items.push(...itemsOf(answer, list));
      token = textOf(answer, 'nextToken');
      if (token === '') break;
    }
    return items;
  }

  /** @throws Error with AWS's code as its name */
  async call(
    service: keyof typeof versions,
    action: string,
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Element> {
    try {
      return await this.#call(service, {Action: action, Version: versions[service], ...parameters}, signal);
    } catch (error) {
      noteOperation(error as object, `${service}:${action}`);
      throw error;
    }
  }

  async #call(
    service: keyof typeof versions,
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Element> {
    const {credentials, region: regionOf, sha256} = this.#config;
    const region = await regionOf();
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const url = new URL(this.#endpoint ?? `https://${service}.${region}.${domain}/`);
    const body = new URLSearchParams(form).toString();
    const {headers} = await new SignatureV4({service, region, credentials, sha256}).sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && {port: Number(url.port)}),
      path: '/',
      query: {},
      headers: {host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8'},
      body,
    });
    const response = await fetch(new URL('/', url), {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    }).catch((error: Error) => {
      // What fetch says is no more than that it failed.
      throw error.cause instanceof Error ? error.cause : error;
    });
    const text = await boundedText(response);
    const answer = parsed(text);
    if (response.ok) return answer;
    throw errorOf(answer, response.status);
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of response.body ?? []) {
    octets += chunk.length;
    if (octets > mostOctets) throw new Error(`an answer of more than ${mostOctets} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The document's element. */
function parsed(text: string): Element {
  const document = parseXML(text) as Element;
  const [root] = typeof document === 'string' ? [] : Object.values(document);
  return (root as Element | undefined) ?? '';
}

/** EC2 has its errors in a list, and the others have one. */
function errorOf(answer: Element, status: number): Error {
  const error = childOf(childOf(answer, 'Errors'), 'Error') || childOf(answer, 'Error');
  const made = new Error(textOf(error, 'Message') || `status ${status}`);
  made.name = textOf(error, 'Code') || 'Error';
  return made;
}

/** The first child of a name; empty where there is none. */
export function childOf(element: Element, name: string): Element {
  const child = typeof element === 'string' ? undefined : element[name];
  return ([child].flat()[0] as Element | undefined) ?? '';
}

export function textOf(element: Element, name: string): string {
  const child = childOf(element, name);
  return typeof child === 'string' ? child : '';
}

/** The items of a list: `item` as EC2 writes it, `member` elsewhere. */
export function itemsOf(element: Element, list: string): readonly Element[] {
  const found = childOf(element, list);
  if (typeof found === 'string') return [];
  return [found.item ?? found.member ?? []].flat() as readonly Element[];
}

// Received mail: a list, one of them, and its HTML, source and parts, each under a policy that lets it do nothing.

import {NotFound} from '../../command/problems.ts';
import type {ReceivedMail} from '../mail/received-mail.ts';
import type {Reply} from '../reply.ts';
import type {Route, Visit} from '../visit.ts';

const source = 'sink of the local cloud';
const mostListed = 500;

const mailOf = ({mail}: Visit['state']): ReceivedMail => {
  if (mail !== undefined) return mail;
  throw new NotFound('there is no received mail: only the local cloud has a sink');
};

export const mailList: Route = {
  method: 'GET',
  path: /^\/api\/mail$/,
  keptMs: 1000,
  async answer({context: {signal}, query, state}) {
    const received = mailOf(state);
    const newest = (await received.list(signal)).slice(0, mostListed);
    const search = query.get('search')?.trim().toLowerCase() ?? '';
    const mail = (await received.withSubjects(newest, signal)).filter(({from, to, subject}) =>
      [from, ...to, subject].some(text => text.toLowerCase().includes(search)),
    );
    return {mail, source};
  },
};

export const oneMail: Route = {
  method: 'GET',
  path: /^\/api\/mail\/(\d{1,15})$/,
  async answer({context: {signal}, params: [number], state}) {
    const read = await mailOf(state).mail(Number(number), signal);
    const {headers, text, html, attachments, links} = read;
    return {
      number: Number(number),
      headers,
      text,
      hasHtml: html !== null,
      attachments: attachments.map(({name, type, content}, part) => ({
        name,
        type,
        size: content.length,
        part,
      })),
      links,
      source: mailOf(state).sourceUrlOf(Number(number)),
    };
  },
};

/** Nothing of it runs, and it fetches nothing. */
const shutIn = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export const mailHtml: Route = {
  method: 'GET',
  path: /^\/mail\/(\d{1,15})\/html$/,
  async show({context: {signal}, params: [number], state}) {
    const {html} = await mailOf(state).mail(Number(number), signal);
    if (html === null) throw new NotFound('this mail has no HTML');
    return replyOf('text/html; charset=utf-8', html, shutIn);
  },
};

export const mailSource: Route = {
  method: 'GET',
  path: /^\/mail\/(\d{1,15})\/source$/,
  async show({context: {signal}, params: [number], state}) {
    const octets = await mailOf(state).source(Number(number), signal);
    return replyOf('text/plain; charset=utf-8', octets, "sandbox; default-src 'none'");
  },
};

export const mailPart: Route = {
  method: 'GET',
  path: /^\/mail\/(\d{1,15})\/part\/(\d{1,4})$/,
  async show({context: {signal}, params: [number, part], state}) {
    const {attachments} = await mailOf(state).mail(Number(number), signal);
    const attachment = attachments[Number(part)];
    if (attachment === undefined) throw new NotFound(`this mail has no part ${part}`);
    const {name, content} = attachment;
    const reply = replyOf('application/octet-stream', content, "sandbox; default-src 'none'");
    return {...reply, headers: {...reply.headers, 'content-disposition': dispositionOf(name)}};
  },
};

const replyOf = (type: string, body: string | Uint8Array, policy: string): Reply => ({
  status: 200,
  headers: {'content-type': type, 'content-security-policy': policy},
  body,
});

/** RFC 6266: a name that everybody reads, and the real one. Neither leads anywhere, and neither ends the field. */
function dispositionOf(given: string | null): string {
  const name =
    (given ?? '')
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
      .replaceAll(/[/\\:*?"<>|]/g, '_')
      .replace(/^\.+/, '')
      .trim() || 'attachment';
  const plain = name.replaceAll(/[^\w. -]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    each => `%${each.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

// What SES's SendEmail is given, as a mail for the outbox.

import {randomUUID} from 'node:crypto';
import addressparser from 'nodemailer/lib/addressparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import {nameOf, sectionOf, withFields} from '../../shared/mime/header-section.ts';
import {type Mailbox, parseMailbox} from '../../shared/smtp/address.ts';
import {parseEml} from '../eml.ts';
import {MailProblem} from './mail-problem.ts';
import type {Mail, MessageProperties} from './mail-queue.ts';
import {mimeOf} from './mail-text.ts';
import type {SesInput, SimpleContent} from './ses-input.ts';

/** The text has a Date and a Message-ID: SES adds them too. @throws MailProblem */
export async function sesMailOf(input: SesInput, message: MessageProperties): Promise<Mail> {
  const eml = parseEml(mimeOf(await octetsOf(input)));
  if (!eml.ok) throw new MailProblem(`Content.Raw.Data ${eml.problem}`);
  const {mime, recipients: inText, envelope} = eml.value;
  const named = recipientsOf(input);
  const recipients = [...new Set(named.length > 0 ? named : inText)];
  if (recipients.length === 0) throw new MailProblem('Destination has no address, and the text has none');
  const sender = senderOf(input) ?? envelope ?? '';
  const [first] = [...(sender === '' ? [] : [sender]), ...recipients].map(mailboxOf);
  const tags = [...(message.tags ?? []), ...tagsOf(input)];
  const properties = {...message, ...(tags.length > 0 && {tags})};
  return {sender, recipients, mime: withMissing(mime, first!.domain), properties};
}

function mailboxOf(address: string): Mailbox {
  const parsed = parseMailbox(address);
  if (!parsed.ok) throw new MailProblem(`${JSON.stringify(address)} ${parsed.problem}`);
  return parsed.value;
}

/** The addresses in texts such as `Jo <jo@example.org>`. */
const addressesIn = (texts: readonly string[]): string[] =>
  texts
    .flatMap(each => addressparser(each, {flatten: true}))
    .flatMap(({address}) => (address ? [address] : []));

export function recipientsOf({Destination}: SesInput): string[] {
  const {ToAddresses, CcAddresses, BccAddresses} = Destination ?? {};
  return addressesIn([ToAddresses, CcAddresses, BccAddresses].flatMap(list => list ?? []));
}

/** @returns empty for the null reverse-path; undefined where the text has to say it */
export function senderOf({FeedbackForwardingEmailAddress, FromEmailAddress}: SesInput): string | undefined {
  const given = FeedbackForwardingEmailAddress || FromEmailAddress;
  if (given === undefined || given === null) return undefined;
  if (given === false || given === '') return '';
  const [address] = addressesIn([given]);
  if (address === undefined) throw new MailProblem(`the sender ${JSON.stringify(given)} has no address`);
  return address;
}

function tagsOf({ConfigurationSetName, EmailTags}: SesInput): string[] {
  const set = ConfigurationSetName ? [`ses:configuration-set=${ConfigurationSetName}`] : [];
  return [...set, ...(EmailTags ?? []).map(({Name, Value}) => `${Name}=${Value}`)];
}

async function octetsOf(input: SesInput): Promise<Buffer> {
  const {Raw, Simple} = input.Content;
  if (Raw !== undefined && Simple !== undefined) throw new MailProblem('Content has both Raw and Simple');
  if (Simple !== undefined) return composed(Simple, input);
  if (Raw === undefined) throw new MailProblem('Content must have Raw or Simple');
  if (input.ReplyToAddresses?.length)
    throw new MailProblem('ReplyToAddresses is not put into a Raw text: say Reply-To there');
  return Buffer.from(Raw.Data);
}

function composed(
  {Subject, Body, Headers, Attachments}: SimpleContent,
  {FromEmailAddress, Destination, ReplyToAddresses}: SesInput,
): Promise<Buffer> {
  if (!FromEmailAddress) throw new MailProblem('FromEmailAddress is missing');
  if (!Body.Text && !Body.Html) throw new MailProblem('Content.Simple.Body must have Text or Html');
  const composer = new MailComposer({
    from: FromEmailAddress,
    to: Destination?.ToAddresses ?? [],
    cc: Destination?.CcAddresses ?? [],
    replyTo: ReplyToAddresses ?? [],
    subject: Subject.Data,
    text: Body.Text?.Data,
    html: Body.Html?.Data,
    headers: (Headers ?? []).map(({Name, Value}) => ({key: Name, value: Value})),
    attachments: (Attachments ?? []).map(attachmentOf),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  });
  return composer.compile().build();
}

const encodings = {BASE64: 'base64', QUOTED_PRINTABLE: 'quoted-printable', SEVEN_BIT: '7bit'} as const;

function attachmentOf(given: NonNullable<SimpleContent['Attachments']>[number]) {
  const {ContentDisposition, ContentTransferEncoding, ContentDescription} = given;
  return {
    content: Buffer.from(given.RawContent),
    filename: given.FileName,
    contentType: given.ContentType ?? undefined,
    contentDisposition: ContentDisposition?.toLowerCase(),
    cid: given.ContentId ?? undefined,
    contentTransferEncoding: ContentTransferEncoding ? encodings[ContentTransferEncoding] : undefined,
    headers: ContentDescription ? {'Content-Description': ContentDescription} : undefined,
  };
}

function withMissing(mime: string, domain: string): string {
  const names = new Set(sectionOf(mime).fields.map(nameOf));
  const date = new Date().toUTCString().replace('GMT', '+0000');
  return withFields(mime, [
    ...(names.has('date') ? [] : [`Date: ${date}\r\n`]),
    ...(names.has('message-id') ? [] : [`Message-ID: <${randomUUID()}@${domain}>\r\n`]),
  ]);
}

// What SESv2's SendEmail is given, as far as it is done here. What would change the mail and is not done is refused.

import * as v from 'valibot';
import {parseFieldName} from '../../shared/mime/field.ts';
import {MailProblem} from './mail-problem.ts';

/** nodemailer 7 passes on what the envelope of a mail says: one text, perhaps of several addresses. */
const oneText = v.pipe(
  v.string(),
  v.transform(one => [one]),
);
const texts = v.nullish(v.union([oneText, v.array(v.string())], 'must be a list of texts'), []);
const text = v.nullish(v.string('must be a text'));
const octets = v.instance(Uint8Array, 'must be a Uint8Array');

/** Members that mean something to SES's accounts alone. */
const ignored = v.optional(v.unknown());

const notDone = (instead: string) => v.optional(v.undefined(`is not done by relayq: ${instead}`));

/** Members of other names would be passed over, and some of them change the mail. */
const strict = <E extends v.ObjectEntries>(entries: E) =>
  v.strictObject(entries, ({expected, received}) =>
    expected === 'never'
      ? 'is not known to relayq: remove it'
      : received === 'undefined'
        ? 'is missing'
        : 'must be an object',
  );

/** Whatever charset it names: a text is composed in UTF-8. */
const data = strict({Data: v.string('must be a text'), Charset: ignored});

/** SES refuses them too (MessageHeader, Name): the rest of the input says them. */
const reserved =
  /^(?:bcc|cc|content-[\w-]+|date|from|message-id|mime-version|reply-to|return-path|subject|to)$/i;

const header = strict({
  Name: v.pipe(
    v.string('must be a text'),
    v.check(
      name => parseFieldName(name).ok && !reserved.test(name),
      'must be a header of your own, such as X-Campaign',
    ),
  ),
  Value: v.string('must be a text'),
});

const attachment = strict({
  RawContent: octets,
  FileName: v.string('must be a text'),
  ContentType: text,
  ContentDisposition: v.nullish(v.picklist(['ATTACHMENT', 'INLINE'], 'must be ATTACHMENT or INLINE')),
  ContentDescription: text,
  ContentId: text,
  ContentTransferEncoding: v.nullish(
    v.picklist(['BASE64', 'QUOTED_PRINTABLE', 'SEVEN_BIT'], 'must be BASE64, QUOTED_PRINTABLE or SEVEN_BIT'),
  ),
});

const simple = strict({
  Subject: data,
  Body: strict({Text: v.nullish(data), Html: v.nullish(data)}),
  Headers: v.nullish(v.array(header, 'must be a list'), []),
  Attachments: v.nullish(v.array(attachment, 'must be a list'), []),
});

const input = strict({
  // nodemailer gives false where a mail has no sender.
  FromEmailAddress: v.nullish(v.union([v.string(), v.literal(false)], 'must be a text')),
  FromEmailAddressIdentityArn: ignored,
  Destination: v.nullish(strict({ToAddresses: texts, CcAddresses: texts, BccAddresses: texts})),
  ReplyToAddresses: texts,
  FeedbackForwardingEmailAddress: text,
  FeedbackForwardingEmailAddressIdentityArn: ignored,
  Content: strict({
    Raw: v.optional(strict({Data: octets})),
    Simple: v.optional(simple),
    Template: notDone('compose the mail, and send it as Simple or Raw'),
  }),
  EmailTags: v.nullish(
    v.array(strict({Name: v.string('must be a text'), Value: v.string('must be a text')}), 'must be a list'),
    [],
  ),
  ConfigurationSetName: text,
  EndpointId: ignored,
  TenantName: ignored,
  ListManagementOptions: notDone('put List-Unsubscribe into the text, and ask the suppression list'),
});

export type SesInput = v.InferOutput<typeof input>;
export type SimpleContent = v.InferOutput<typeof simple>;

/** @throws MailProblem with all that is wrong */
export function parseSesInput(given: unknown): SesInput {
  const parsed = v.safeParse(input, given);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map(issue => `${v.getDotPath(issue) ?? 'the input'} ${issue.message}`);
  throw new MailProblem(problems.slice(0, 10).join('; '));
}

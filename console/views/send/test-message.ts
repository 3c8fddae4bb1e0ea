// A test message as a form has it, and as JSON.

export interface Fields {
  readonly envelope: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

export const firstFields = (to: string | undefined): Fields => ({
  envelope: 'console@example.org',
  recipient: to ?? 'somebody@example.com',
  subject: 'A test from the console',
  text: 'Hello,\n\nthis is a test message.\n',
});

/** The properties of the message: what the JSON view has besides stays. */
export const messageOf = ({envelope, recipient, subject, text}: Fields, more: object = {}): object => ({
  ...more,
  envelope,
  recipient,
  mime: {from: envelope, to: recipient, subject, text},
});

type Read =
  | {readonly ok: true; readonly message: Readonly<Record<string, unknown>>}
  | {readonly ok: false; readonly problem: string};

export function messageIn(json: string): Read {
  try {
    const message: unknown = JSON.parse(json);
    if (typeof message === 'object' && message !== null && !Array.isArray(message))
      return {ok: true, message: message as Readonly<Record<string, unknown>>};
    return {ok: false, problem: 'A message is an object: it begins with { and ends with }.'};
  } catch (error) {
    return {ok: false, problem: `This is no JSON: ${(error as Error).message}`};
  }
}

/** The form's fields in a message; undefined where the form could not show it. */
export function fieldsIn({
  envelope = '',
  recipient,
  mime,
}: Readonly<Record<string, unknown>>): Fields | undefined {
  if (typeof mime !== 'object' || mime === null) return undefined;
  const {subject = '', text = ''} = mime as Readonly<Record<string, unknown>>;
  const all = [envelope, recipient, subject, text];
  if (!all.every(each => typeof each === 'string')) return undefined;
  const [e, r, s, t] = all as [string, string, string, string];
  return {envelope: e, recipient: r, subject: s, text: t};
}

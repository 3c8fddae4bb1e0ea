// What the message itself says about its way: in its JSON, or in x-mq-* fields of its text. No secret is shown.

import type {JsonObject} from '../../shared/json.ts';
import {bodyOf} from '../../shared/json.ts';
import type {Message} from '../../shared/message/message.ts';
import {withoutSecrets} from '../../shared/message/secrets.ts';
import {shortened} from '../terminal/printable.ts';
import type {Fact, Step} from './step.ts';
import type {Subject} from './subject.ts';

/** Properties that decide where a message goes, or when. */
const steering = [
  'smarthost',
  'security',
  'nextattempt',
  'maxdelivertime',
  'maxattempts',
  'retries',
  'strict',
  'suppression',
  'mq-headers',
] as const;

const longestValue = 200;

export function messageStep({message: given, source, isDomain}: Subject, message: Message): Step {
  const properties = withoutSecrets(message.properties);
  const overrides = steering
    .filter(name => properties[name] !== undefined && properties[name] !== null)
    .map(name => ({
      name,
      value: properties[name]!,
      from: Object.hasOwn(given, name) ? 'its JSON' : `x-mq-${name}… in its text`,
    }));
  const {recipient, envelope, smarthost} = message;
  const facts: Fact[] = [
    isDomain
      ? {what: 'recipient', is: `anybody at ${recipient.domain}`}
      : {what: 'recipient', is: recipient.address, why: source === undefined ? undefined : `from ${source}`},
    ...(source === undefined
      ? [{what: 'message', is: 'none given', why: 'a message can have a smarthost and dates of its own'}]
      : [{what: 'envelope', is: envelope?.address ?? '<>'}]),
    ...overrides.map(({name, value, from}) => ({what: name, is: textOf(value), why: `says ${from}`})),
    ...(smarthost?.credentials ? [{what: 'login', is: `${smarthost.credentials.username}, ***`}] : []),
    ...(smarthost?.missingCredential !== undefined
      ? [{what: 'login', is: `none: smarthost.${smarthost.missingCredential} is missing`, isBad: true}]
      : []),
    ...(source !== undefined && overrides.length === 0
      ? [{what: 'overrides', is: 'none', why: 'the settings decide'}]
      : []),
  ];
  return {
    step: 'message',
    facts,
    data: {recipient: isDomain ? null : recipient.address, domain: recipient.domain, overrides},
  };
}

/** What route would answer to what is no message. */
export const refusalStep = ({message}: Subject, problems: readonly string[]): Step => ({
  step: 'message',
  facts: problems.map(problem => ({what: 'invalid', is: shortened(problem, longestValue), isBad: true})),
  data: {recipient: typeof message.recipient === 'string' ? message.recipient : null, problems},
});

const textOf = (value: JsonObject[string]): string =>
  shortened(typeof value === 'string' ? value : bodyOf(value as JsonObject), longestValue);

// What a person is told of a parameter before it is set: what kind of value it takes, and where that is explained.

import {mqHeadersRules} from '../message/mq-headers.ts';
import {resultKinds} from '../names.ts';
import {securityLevels} from '../smtp/security.ts';
import {resultDetails} from './groups/results-detail.ts';
import {maybeSecret} from './settings-list.ts';

export interface SettingFacts {
  /** In a word or two: `port`, `one of`. */
  readonly kind: string;
  /** The words that it may be, or an example. */
  readonly allowed?: readonly string[] | string;
  /** `docs/settings.md#smarthost` */
  readonly doc: string;
  /** Whether its value must not be seen while it is typed. */
  readonly isSecret: boolean;
}

type Facts = Omit<SettingFacts, 'isSecret'>;

const smarthost = 'docs/settings.md#smarthost';
const sink = 'docs/settings.md#sink';
const attempts = 'docs/settings.md#attempts-and-texts';
const signatures = 'docs/settings.md#signatures';
const direct = 'docs/settings.md#direct-delivery';
const capacity = 'docs/settings.md#capacity';
const classes = 'docs/settings.md#classes';
const suppression = 'docs/settings.md#suppression';
const steering = 'docs/settings.md#steering';

const port = (doc: string): Facts => ({kind: 'port', allowed: '1 to 65535', doc});
const oneOf = (allowed: readonly string[], doc: string): Facts => ({kind: 'one of', allowed, doc});
const someOf = (allowed: readonly string[], doc: string): Facts => ({kind: 'list of', allowed, doc});
const url = (doc: string): Facts => ({kind: 'URL', allowed: 'smtp://user:password@host:587', doc});

const named: Readonly<Record<string, Facts>> = {
  smarthost: {...url(smarthost), kind: 'URL, or a host name, or several with commas'},
  'smarthost-url': url(smarthost),
  'smarthost-port': port(smarthost),
  'smarthost-username': {kind: 'text', doc: smarthost},
  'smarthost-password': {kind: 'text', doc: smarthost},
  'smarthost-security': oneOf(securityLevels, smarthost),
  'smarthost-ca': {kind: 'certificates in PEM', doc: smarthost},
  'smarthost-private-addresses': oneOf(['refused', 'allowed'], smarthost),
  'smtp-sink': url(sink),
  'smtp-sink-ip': {kind: 'address or host name', doc: sink},
  'smtp-sink-port': port(sink),
  'smtp-sink-username': {kind: 'text', doc: sink},
  'smtp-sink-password': {kind: 'text', doc: sink},
  'retry-interval': {kind: 'seconds, with commas', allowed: '600,1800,3600', doc: attempts},
  'max-delivertime': {kind: 'seconds', allowed: '86400', doc: attempts},
  'max-attempts': {kind: 'number', allowed: '0 is unlimited', doc: attempts},
  'helo-name': {kind: 'host name', allowed: 'mail.example.org', doc: attempts},
  'mq-headers': oneOf(mqHeadersRules, attempts),
  strict: oneOf(['false', 'true'], attempts),
  'add-headers': someOf(['date', 'message-id'], attempts),
  'seven-bit': oneOf(['false', 'true'], attempts),
  'results-kinds': someOf([...resultKinds, 'none'], attempts),
  'results-detail': someOf([...resultDetails, 'full', 'none'], attempts),
  'dkim-rules': {kind: 'rules, with commas', allowed: 'example.org=example.org/2026a', doc: signatures},
  'dkim-expire': {kind: 'seconds', allowed: '604800', doc: signatures},
  suppression: oneOf(['off', 'on'], suppression),
  'suppression-after': {kind: 'number', allowed: '0 is never', doc: suppression},
  'suppression-override': oneOf(['refused', 'allowed'], suppression),
  'mx-port': port(direct),
  'mx-private-addresses': oneOf(['refused', 'allowed'], direct),
  'mx-name-servers': {kind: 'addresses, with commas', allowed: '192.0.2.53,192.0.2.54:5353', doc: direct},
  'mx-mta-sts': oneOf(['enforced', 'ignored'], direct),
  'mx-resolver': {kind: 'resolver that is asked over HTTPS', allowed: 'dns.quad9.net', doc: direct},
  'mx-dane': {kind: 'the former name of mx-resolver', doc: direct},
};

const prefixed: Readonly<Record<string, Facts>> = {
  'capacity/': {kind: 'JSON', allowed: '{"connections": 5, "messagesPerConnection": 20}', doc: capacity},
  'dkim-unsigned/': {kind: 'names of fields, with commas', allowed: 'message-id,date', doc: signatures},
  'classes/': {
    kind: 'JSON',
    allowed: '{"class": "reputation", "code": 550, "text": "listed*"}',
    doc: classes,
  },
  'pauses/': {
    kind: 'JSON',
    allowed: '{"reason": "their server moves", "domain": "example.org"}',
    doc: steering,
  },
  'errors/': {kind: 'JSON', allowed: '{"reason": "cancelled", "code": 550, "tag": "spring"}', doc: steering},
  'windows/': {
    kind: 'JSON',
    allowed: '{"days": ["mon"], "from": "09:00", "to": "17:00", "timezone": "Europe/Amsterdam"}',
    doc: steering,
  },
};

/** Undefined for what is no setting. */
export function settingFactsOf(name: string): SettingFacts | undefined {
  const prefix = Object.keys(prefixed).find(each => name.startsWith(each));
  const facts = Object.hasOwn(named, name) ? named[name] : prefixed[prefix ?? ''];
  return facts && {...facts, isSecret: maybeSecret(name)};
}

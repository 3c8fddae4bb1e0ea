// The settings of a stage, read from its SSM parameters: every problem at once, never a secret in one.
// Where the parameters come from and how long they are kept is the functions' business.

import {X509Certificate} from 'node:crypto';
import {isIPv4, type Parsed} from './address.ts';
import {type Capacity, parseCapacity} from './capacity.ts';
import type {Problem} from './message.ts';
import {type ResultKind, resultKinds} from './names.ts';
import {type Parameter, ParameterReader} from './parameter-reader.ts';
import {type Security, securityLevels} from './security.ts';
import {defaultSmtpPort, parseHosts, type Relay} from './smarthost.ts';

export interface Settings {
  readonly smarthost: Relay | undefined;
  readonly sink: Relay | undefined;
  /** Seconds between the attempts; the last one repeats. */
  readonly retryIntervals: readonly number[];
  /** Seconds from a message's arrival. */
  readonly maxDeliverTime: number;
  /** 0 is unlimited. */
  readonly maxAttempts: number;
  /** What EHLO says; undefined is the environment's own address literal. */
  readonly heloName: string | undefined;
  /** Direct delivery: where and how recipients' MX hosts are reached. */
  readonly mx: MxSettings;
  readonly capacity: CapacitySettings;
  /** What is done with x-mq-* header fields, unless the message says otherwise. */
  readonly mqHeaders: MqHeaders;
  /** Whether a text that SMTP would have to bend is refused, unless the message says otherwise. */
  readonly strict: boolean;
  /** Whether a smarthost that a message names may be in a private range. */
  readonly smarthostPrivateAddresses: boolean;
  /** The kinds of results that are published. */
  readonly resultsKinds: ReadonlySet<ResultKind>;
  /** What is invalid and has never been valid in this environment: mail that depends on it waits. */
  readonly unknown: ReadonlySet<Unknown>;
}

const mqHeadersWords = ['obeyed', 'stripped', 'refused'] as const;
type MqHeaders = (typeof mqHeadersWords)[number];

type Unknown = 'smarthost' | 'sink' | 'mx';

/** The groups of parameters. */
type Grouped = Omit<Settings, 'unknown'>;

interface CapacitySettings {
  /** For every domain: `capacity/default`. */
  readonly defaults: Partial<Capacity>;
  /** By recipient domain, `smarthost`, or the host name of a message's own smarthost. */
  readonly queues: ReadonlyMap<string, Partial<Capacity>>;
}

export interface MxSettings {
  readonly port: number;
  /** Whether hosts in private, loopback and link-local ranges may be delivered to. */
  readonly privateAddresses: boolean;
  /** Name servers as `address` or `address:port`; empty is the system's own. */
  readonly nameServers: readonly string[];
  /** Whether a recipient domain's MTA-STS policy is asked for and obeyed. */
  readonly mtaSts: boolean;
  /** The URL of a validating resolver, to be asked over HTTPS instead of name servers; DANE is obeyed with it. */
  readonly dane?: string;
}

export interface ParsedSettings {
  /** Undefined when a part that decides where mail goes is invalid and has never been valid. */
  readonly settings: Settings | undefined;
  readonly problems: readonly Problem[];
}

/** Settings that are one decision: they are taken together, or the last good ones stay together. */
const groups: {
  readonly [G in keyof Grouped]: {readonly names: readonly string[]; readonly fallback?: Grouped[G]};
} = {
  smarthost: {
    names: [
      'smarthost',
      'smarthost-port',
      'smarthost-username',
      'smarthost-password',
      'smarthost-security',
      'smarthost-ca',
    ],
  },
  sink: {names: ['smtp-sink-ip', 'smtp-sink-port', 'smtp-sink-username', 'smtp-sink-password']},
  retryIntervals: {names: ['retry-interval'], fallback: [600, 600, 1800, 1800, 3600, 3600, 7200]},
  maxDeliverTime: {names: ['max-delivertime'], fallback: 86_400},
  maxAttempts: {names: ['max-attempts'], fallback: 0},
  heloName: {names: ['helo-name'], fallback: undefined},
  mx: {names: ['mx-port', 'mx-private-addresses', 'mx-name-servers', 'mx-mta-sts', 'mx-dane']},
  capacity: {names: [], fallback: {defaults: {}, queues: new Map()}},
  mqHeaders: {names: ['mq-headers'], fallback: 'obeyed'},
  strict: {names: ['strict'], fallback: false},
  smarthostPrivateAddresses: {names: ['smarthost-private-addresses'], fallback: false},
  resultsKinds: {names: ['results-kinds'], fallback: new Set(resultKinds)},
};

const capacityPath = 'capacity/';

const known = new Set(Object.values(groups).flatMap(group => group.names));

/**
 * Reads the parameters of a stage.
 * @param previous the settings in force: a group with a problem keeps its value from there
 */
export function parseSettings(parameters: readonly Parameter[], previous?: Settings): ParsedSettings {
  const problems: Problem[] = [];
  for (const {name} of parameters) {
    if (!known.has(name) && !name.startsWith(capacityPath))
      problems.push({
        path: name,
        problem: `is unknown; known are ${[...known, `${capacityPath}…`].join(', ')}`,
      });
  }
  const reader = new ParameterReader(parameters, problems);
  const parsed: {readonly [G in keyof Grouped]: () => Grouped[G]} = {
    smarthost: () => readSmarthost(reader),
    sink: () => readSink(reader),
    retryIntervals: () =>
      reader.list('retry-interval', text => reader.wholeNumberOf('retry-interval', text, 1, 31_536_000)) ??
      groups.retryIntervals.fallback!,
    maxDeliverTime: () =>
      reader.wholeNumber('max-delivertime', 1, 31_536_000) ?? groups.maxDeliverTime.fallback!,
    maxAttempts: () => reader.wholeNumber('max-attempts', 0, 1_000_000) ?? groups.maxAttempts.fallback!,
    heloName: () => reader.hostname('helo-name'),
    mx: () => readMx(reader),
    capacity: () => readCapacity(reader),
    mqHeaders: () => reader.word<MqHeaders>('mq-headers', mqHeadersWords) ?? groups.mqHeaders.fallback!,
    strict: () => reader.word('strict', ['true', 'false']) === 'true',
    smarthostPrivateAddresses: () =>
      reader.word('smarthost-private-addresses', ['refused', 'allowed']) === 'allowed',
    resultsKinds: () => readResultsKinds(reader),
  };
  let usable = true;
  const groupOf = <G extends keyof Grouped>(group: G): Grouped[G] => {
    const before = problems.length;
    const value = parsed[group]();
    if (problems.length === before) return value;
    if (previous !== undefined) return previous[group];
    // Without a value that was ever good, a wrong guess would send mail, or a password, to the wrong place.
    if (!('fallback' in groups[group])) usable = false;
    return groups[group].fallback as Grouped[G];
  };
  const settings = Object.fromEntries(
    (Object.keys(groups) as (keyof Grouped)[]).map(group => [group, groupOf(group)]),
  ) as unknown as Grouped;
  return {settings: usable ? {...settings, unknown: new Set()} : undefined, problems};
}

function readSmarthost(reader: ParameterReader): Relay | undefined {
  const hosts = reader.parsed('smarthost', parseHosts);
  const port = reader.port('smarthost-port') ?? defaultSmtpPort;
  const credentials = reader.credentials('smarthost-username', 'smarthost-password');
  const security = reader.word<Security>('smarthost-security', securityLevels);
  const ca = reader.parsed('smarthost-ca', parseAuthorities);
  if (hosts === undefined) return undefined;
  return {
    hosts,
    port,
    ...(credentials && {credentials}),
    ...(security && {security}),
    ...(ca !== undefined && {ca}),
  };
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;

/** Certificates in PEM, one behind the other; what stands between them is dropped, as OpenSSL does. */
function parseAuthorities(text: string): Parsed<string> {
  const certificates = text.match(pemCertificate) ?? [];
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
    if (certificates.length > 0) return {ok: true, value: certificates.join('\n')};
  } catch {
    // Not its message: that could quote the value.
  }
  return {ok: false, problem: 'must be one or more certificates in PEM'};
}

function readResultsKinds(reader: ParameterReader): ReadonlySet<ResultKind> {
  const kinds = reader.list('results-kinds', text =>
    resultKinds.includes(text as ResultKind)
      ? (text as ResultKind)
      : reader.wrong('results-kinds', `must be a list of ${resultKinds.join(', ')}`),
  );
  return new Set(kinds ?? resultKinds);
}

function readSink(reader: ParameterReader): Relay | undefined {
  const host = reader.host('smtp-sink-ip');
  const port = reader.port('smtp-sink-port') ?? defaultSmtpPort;
  const credentials = reader.credentials('smtp-sink-username', 'smtp-sink-password');
  // The unspecified address turns the sink off, as no parameter does.
  const off = host === undefined || host === '0.0.0.0' || host === '::';
  return off ? undefined : {hosts: [host], port, ...(credentials && {credentials})};
}

function readMx(reader: ParameterReader): MxSettings {
  const port = reader.port('mx-port') ?? defaultSmtpPort;
  const privateAddresses = reader.word('mx-private-addresses', ['refused', 'allowed']) === 'allowed';
  const nameServers =
    reader.list('mx-name-servers', text => {
      const [, address = '', port = '53'] = /^([^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
      if (isIPv4(address) && Number(port) >= 1 && Number(port) <= 65535) return text;
      reader.wrong('mx-name-servers', 'must be IPv4 addresses, each with an optional :port');
      return undefined;
    }) ?? [];
  const mtaSts = reader.word('mx-mta-sts', ['enforced', 'ignored']) !== 'ignored';
  const dane = reader.parsed('mx-dane', parseResolver);
  if (dane !== undefined && nameServers.length > 0)
    reader.wrong('mx-dane', 'takes the place of mx-name-servers: remove one of them');
  return {port, privateAddresses, nameServers, mtaSts, ...(dane !== undefined && {dane})};
}

/**
 * A URL, or what is left of one without `https://` (which the older `aws` command line would fetch) and the usual path.
 * Not HTTP: anybody on the way could say what DNSSEC has proved.
 */
function parseResolver(text: string): Parsed<string> {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  const isPlain = url?.username === '' && url.password === '' && url.hash === '';
  if (url?.protocol !== 'https:' || !isPlain || !/[.:]|^localhost$/.test(url.hostname))
    return {ok: false, problem: 'must be a DNS resolver that is asked over HTTPS, such as dns.quad9.net'};
  if (url.pathname === '/') url.pathname = '/dns-query';
  return {ok: true, value: url.href};
}

/** SSM allows no parentheses in a name, so the queue `(smarthost)` is `capacity/smarthost`. */
function readCapacity(reader: ParameterReader): CapacitySettings {
  const queues = new Map<string, Partial<Capacity>>();
  for (const name of reader.below(capacityPath)) {
    const capacity = reader.parsed(name, parseCapacity);
    if (capacity !== undefined) queues.set(name.slice(capacityPath.length).toLowerCase(), capacity);
  }
  return {defaults: queues.get('default') ?? {}, queues};
}

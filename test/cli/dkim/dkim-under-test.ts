// `relayq dkim` with a Parameter Store of its own, and a DNS that it asks. What is printed never has a private key in it.

import {generateKeyPairSync, type KeyObject} from 'node:crypto';
import {expect} from 'vitest';
import {AwsError} from '../../../local/aws-error.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {ssmService} from '../../../local/ssm/service.ts';
import {Ssm} from '../../../local/ssm/ssm.ts';
import {recordNameOf} from '../../../shared/dkim/key-name.ts';
import {dnsRecordOf, parsePrivateKey} from '../../../shared/dkim/private-key.ts';
import type {DkimKey} from '../../../shared/dkim/signature.ts';
import {type DnsServer, startDnsServer, type Zone} from '../../servers/dns-server.ts';
import {RelayqUnderTest, type Run} from '../relayq-under-test.ts';

export const domain = 'example.org';
const month = new Date().toISOString().slice(0, 7);
/** The default selector, as long as the month does not change. */
export const usual = `relayq-${month}`;

export const rsaOf = (modulusLength: number): KeyObject =>
  generateKeyPairSync('rsa', {modulusLength}).privateKey;
export const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8' = 'pkcs8') =>
  key.export({type, format: 'pem'}) as string;

export class DkimUnderTest {
  readonly ssm: Ssm;
  readonly relayq: RelayqUnderTest;
  readonly dns: DnsServer;
  readonly zone: Zone;
  /** Writes in their order: `PutParameter active/example.org/a`. */
  readonly writes: string[];
  readonly #endpoint: Endpoint;
  /** How many writes SSM takes before it refuses them. */
  writesLeft = Number.POSITIVE_INFINITY;
  /** So many writes are put off first. */
  throttledWrites = 0;
  /** Called after each write. */
  onWrite = () => {};

  private constructor(
    parts: Pick<DkimUnderTest, 'ssm' | 'relayq' | 'dns' | 'zone' | 'writes'> & {readonly endpoint: Endpoint},
  ) {
    this.ssm = parts.ssm;
    this.relayq = parts.relayq;
    this.dns = parts.dns;
    this.zone = parts.zone;
    this.writes = parts.writes;
    this.#endpoint = parts.endpoint;
  }

  static async start(): Promise<DkimUnderTest> {
    const ssm = new Ssm({region: 'us-east-1', accountId: '000000000000'});
    const writes: string[] = [];
    const zone: Zone = {};
    const service = ssmService(ssm);
    let started: DkimUnderTest | undefined;
    const call: typeof service.call = async request => {
      const {operation, input} = request;
      if (operation !== 'PutParameter' && operation !== 'DeleteParameter') return service.call(request);
      if (started !== undefined && started.writesLeft-- <= 0)
        throw new AwsError('AccessDeniedException', 'no more');
      if (started !== undefined && started.throttledWrites-- > 0)
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      const answer = await service.call(request);
      writes.push(`${operation} ${stateNameOf(String(input.Name))}`);
      started?.onWrite();
      return answer;
    };
    const endpoint = await listen(awsDoors([{...service, call}]), {port: 0});
    const dns = await startDnsServer(zone);
    ssm.put('/relayq/local/mx-name-servers', dns.address);
    const relayq = await RelayqUnderTest.create(() => endpoint.port);
    started = new DkimUnderTest({ssm, relayq, dns, zone, writes, endpoint});
    return started;
  }

  async stop(): Promise<void> {
    await this.relayq.stop();
    await this.#endpoint.close();
    this.dns.close();
  }

  /** Runs `relayq dkim`. */
  async run(args: readonly string[], input?: string): Promise<Run> {
    const run = await this.relayq.run(['dkim', ...args], input === undefined ? {} : {input});
    for (const text of [run.stdout, run.stderr]) expect(text).not.toMatch(/PRIVATE KEY|MII[EJCG][vowRQpkd]/);
    for (const key of this.keys())
      for (const secret of secretsOf(key.privateKey)) expect(run.stdout + run.stderr).not.toContain(secret);
    return run;
  }

  /** What `--json` prints. */
  async told(args: readonly string[], input?: string) {
    const {code, stdout} = await this.run([...args, '--json'], input);
    return {code, ...JSON.parse(stdout)};
  }

  put(state: 'active' | 'pending' | 'retired', key: DkimKey): void {
    const path = {active: 'relayq-dkim', pending: 'relayq-dkim-pending', retired: 'relayq-dkim-retired'}[
      state
    ];
    this.ssm.put(`/${path}/local/${key.domain}/${key.selector}`, pemOf(key.privateKey), {
      type: 'SecureString',
    });
  }

  /** `active/example.org/a`. */
  names(): readonly string[] {
    return this.ssm.parameters
      .filter(({name}) => name.startsWith('/relayq-dkim'))
      .map(({name}) => stateNameOf(name))
      .sort();
  }

  keys(): readonly DkimKey[] {
    return this.ssm.parameters
      .filter(({name}) => name.startsWith('/relayq-dkim'))
      .flatMap(({name}) => {
        const [ofDomain = '', selector = ''] = name.split('/').slice(3);
        const parsed = parsePrivateKey(this.ssm.get(name)!);
        return parsed.ok ? [{domain: ofDomain, selector, privateKey: parsed.value.privateKey}] : [];
      });
  }

  /** In strings, as a zone has it. */
  publish(key: DkimKey): void {
    const strings = dnsRecordOf(key.privateKey).match(/.{1,255}/g) ?? [];
    this.zone[recordNameOf(key)] = {TXT: [strings]};
  }
}

/** Parts of the private half, in PEM and in base64. */
const secretsOf = (key: KeyObject): readonly string[] => {
  const {d = ''} = key.export({format: 'jwk'});
  const [, line = ''] = pemOf(key).split('\n');
  return [d, line];
};

const stateNameOf = (name: string): string =>
  name
    .replace('/relayq-dkim-pending/local/', 'pending/')
    .replace('/relayq-dkim-retired/local/', 'retired/')
    .replace('/relayq-dkim/local/', 'active/');

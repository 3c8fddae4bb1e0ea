import tls from 'node:tls';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {fetchPolicyFile} from '../../../../functions/deliver/next-hop/mta-sts-file.ts';
import {StsPolicies} from '../../../../functions/deliver/next-hop/mta-sts-policies.ts';
import {certificateOf} from '../../../fixtures/fixture.ts';
import {startDnsServer, type Zone} from '../../../servers/dns-server.ts';
import {type PolicyAnswer, policyText, startPolicyHost} from '../../../servers/policy-host.ts';

const running: {close(): unknown}[] = [];
afterEach(() => {
  for (const each of running.splice(0)) each.close();
});
// The fixtures are trusted as certificates of a public authority would be.
beforeAll(() =>
  tls.setDefaultCACertificates([
    ...tls.getCACertificates(),
    certificateOf('example.org').cert,
    certificateOf('localhost').cert,
  ]),
);

const enforcing = policyText('mode: enforce', 'mx: mx.example.org');
const hour = 3_600_000;

async function serve(answer: PolicyAnswer, certificate = certificateOf('example.org')) {
  const host = await startPolicyHost(answer, certificate);
  running.push(host);
  return host;
}

/** example.org with a policy: its record, its policy host, and an environment that asks for it. */
async function given(answer: PolicyAnswer = enforcing) {
  const host = await serve(answer);
  const record = (id: string) => ({TXT: [[`v=STSv1; id=${id};`]]});
  const zone: Zone = {'_mta-sts.example.org': record('1'), 'mta-sts.example.org': {A: ['127.0.0.1']}};
  const dns = await startDnsServer(zone);
  running.push(dns);
  const clock = {nowMs: 1_000_000};
  const warnings: object[] = [];
  const policies = new StsPolicies({
    log: (level, _, fields) => warnings.push({level, ...fields}),
    now: () => clock.nowMs,
    httpsPort: host.port,
  });
  const mx = {port: 25, privateAddresses: true, nameServers: [dns.address], mtaSts: true};
  const mode = async (more = {}) => (await policies.policyOf('example.org', {...mx, ...more}))?.mode;
  return {host, zone, record, clock, warnings, mode, policies, mx};
}

describe('a domain’s policy', () => {
  test('is fetched from its policy host', async () => {
    const {host, policies, mx, warnings} = await given();
    expect(await policies.policyOf('example.org', mx)).toEqual({
      mode: 'enforce',
      maxAgeSeconds: 86_400,
      mx: ['mx.example.org'],
    });
    expect(host.requests).toEqual(['GET mta-sts.example.org /.well-known/mta-sts.txt']);
    expect(warnings).toEqual([]);
  });

  test('is none, and nothing is fetched, without the record', async () => {
    const {host, zone, mode} = await given();
    for (const records of [{}, {TXT: [['v=spf1 -all']]}, 'SERVFAIL', undefined] as const) {
      if (records === undefined) delete zone['_mta-sts.example.org'];
      else zone['_mta-sts.example.org'] = records;
      expect(await mode()).toBeUndefined();
    }
    expect(host.requests).toEqual([]);
  });

  test('is fetched again when its id changes, not before', async () => {
    const {host, zone, record, mode} = await given();
    expect([await mode(), await mode()]).toEqual(['enforce', 'enforce']);
    host.answer = policyText('mode: testing', 'mx: mx.example.org');
    expect(await mode()).toBe('enforce');
    expect(host.requests).toHaveLength(1);
    zone['_mta-sts.example.org'] = record('2');
    expect([await mode(), await mode()]).toEqual(['testing', 'testing']);
    expect(host.requests).toHaveLength(2);
  });

  test('is fetched again once a day, and when it has expired', async () => {
    const {host, clock, mode} = await given(policyText('mode: enforce', 'mx: a.example', 'max_age: 604800'));
    await mode();
    clock.nowMs += 24 * hour - 1;
    await mode();
    expect(host.requests).toHaveLength(1);
    clock.nowMs += 1;
    host.answer = policyText('mode: enforce', 'mx: a.example', 'max_age: 60');
    await mode();
    expect(host.requests).toHaveLength(2);
    clock.nowMs += 60_000;
    await mode();
    expect(host.requests).toHaveLength(3);
  });

  test.each(['gone', 'SERVFAIL'] as const)(
    'still holds when its record is %s, until it expires',
    async gone => {
      const {zone, clock, mode} = await given();
      expect(await mode()).toBe('enforce');
      if (gone === 'gone') delete zone['_mta-sts.example.org'];
      else zone['_mta-sts.example.org'] = gone;
      clock.nowMs += 24 * hour - 1;
      expect(await mode()).toBe('enforce');
      clock.nowMs += 1;
      expect(await mode()).toBeUndefined();
    },
  );

  test('still holds, until it expires, when a new one cannot be fetched', async () => {
    const {host, zone, record, clock, mode, warnings} = await given();
    expect(await mode()).toBe('enforce');
    zone['_mta-sts.example.org'] = record('2');
    host.answer = {status: 503};
    expect(await mode()).toBe('enforce');
    const warning = {level: 'warn', domain: 'example.org', reason: 'status 503', applied: 'the one before'};
    expect(warnings).toEqual([warning]);
    clock.nowMs += 24 * hour;
    expect(await mode()).toBeUndefined();
    expect(warnings[1]).toEqual({...warning, applied: 'none'});
  });

  test('that could not be fetched is tried again after five minutes, or under another id', async () => {
    const {host, zone, record, clock, mode, warnings} = await given({status: 500});
    expect(await mode()).toBeUndefined();
    clock.nowMs += 299_999;
    expect(await mode()).toBeUndefined();
    expect([host.requests.length, warnings.length]).toEqual([1, 1]);
    clock.nowMs += 1;
    expect(await mode()).toBeUndefined();
    expect(host.requests).toHaveLength(2);
    zone['_mta-sts.example.org'] = record('2');
    host.answer = enforcing;
    expect(await mode()).toBe('enforce');
  });

  test('is not fetched from a private address, unless those are allowed', async () => {
    const {host, mode, warnings} = await given();
    expect(await mode({privateAddresses: false})).toBeUndefined();
    expect(host.requests).toEqual([]);
    expect(warnings).toMatchObject([{reason: 'mta-sts.example.org has no public address'}]);
  });

  test('that is wrong is none', async () => {
    const {mode, warnings} = await given(policyText('mode: enforce'));
    expect(await mode()).toBeUndefined();
    expect(warnings).toMatchObject([{reason: 'it has no mx', applied: 'none'}]);
  });
});

describe('a policy file', () => {
  const fetchFrom = async (
    answer: PolicyAnswer,
    {certificate = certificateOf('example.org'), timeoutMs = 5_000} = {},
  ) => {
    const host = await serve(answer, certificate);
    const options = {port: host.port, timeoutMs};
    const fetched = await fetchPolicyFile('example.org', ['127.0.0.1'], options);
    return fetched.ok ? fetched.value : {problem: fetched.problem, requests: host.requests.length};
  };

  test.each(['text/plain', 'text/plain; charset=utf-8', 'Text/Plain;charset=us-ascii'])(
    'of the type %s is taken',
    async type => {
      expect(await fetchFrom({type, body: enforcing})).toBe(enforcing);
    },
  );

  test('of 64 KB is taken, a larger one is not', async () => {
    const full = 'x'.repeat(65_536);
    expect(await fetchFrom(full)).toBe(full);
    expect(await fetchFrom(`${full}x`)).toEqual({problem: 'larger than 65536 octets', requests: 1});
  });

  test('that has no end is given up', async () => {
    const endless = await fetchFrom(response => {
      response.writeHead(200, {'content-type': 'text/plain'});
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    expect(endless).toEqual({problem: 'larger than 65536 octets', requests: 1});
  });

  test.each<[string, PolicyAnswer, string]>([
    ['that is somewhere else', {status: 301, location: '/other', body: enforcing}, 'status 301'],
    ['that is not there', {status: 404, body: enforcing}, 'status 404'],
    ['with another status of success', {status: 203, body: enforcing}, 'status 203'],
    ['that is a web page', {type: 'text/html', body: enforcing}, 'content type text/html'],
    ['of no type', {type: '', body: enforcing}, 'content type none'],
    ['that is cut off', response => response.destroy(), 'ECONNRESET'],
    [
      'that is cut off in the middle',
      response =>
        response.writeHead(200, {'content-type': 'text/plain', 'content-length': 9}).write('version'),
      'no answer within 2 s',
    ],
    ['that never comes', () => {}, 'no answer within 2 s'],
  ])('%s is none', async (_, answer, problem) => {
    expect(await fetchFrom(answer, {timeoutMs: 2000})).toEqual({problem, requests: 1});
  });

  test('is not taken from a server whose certificate is for another name', async () => {
    const refused = await fetchFrom(enforcing, {certificate: certificateOf('localhost')});
    expect(refused).toEqual({problem: 'ERR_TLS_CERT_ALTNAME_INVALID', requests: 0});
  });

  test('is taken from the second address when the first does not answer', async () => {
    const host = await serve(enforcing);
    const fetched = await fetchPolicyFile('example.org', ['127.0.0.2', '127.0.0.1'], {port: host.port});
    expect(fetched).toEqual({ok: true, value: enforcing});
  });

  test('is none when nobody answers', async () => {
    const host = await startPolicyHost(enforcing);
    host.close();
    const fetched = await fetchPolicyFile('example.org', ['127.0.0.1'], {port: host.port});
    expect(fetched).toEqual({ok: false, problem: 'ECONNREFUSED'});
  });
});

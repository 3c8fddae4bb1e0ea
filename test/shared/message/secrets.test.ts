import {generateKeyPairSync} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {maskedText, withoutSecrets} from '../../../shared/message/secrets.ts';

const pem = '-----BEGIN RSA PRIVATE KEY-----\nTOPSECRET\nTOPSECRET\n-----END RSA PRIVATE KEY-----';

describe('a message without its secrets', () => {
  test.each([
    ['a password anywhere', {a: {b: [{password: 'TOPSECRET', c: 1}]}}, {a: {b: [{c: 1}]}}],
    ['any case', {Password: 'TOPSECRET', PASSWD: 'TOPSECRET'}, {}],
    [
      'names that end so',
      {
        'smtp-password': 'TOPSECRET',
        clientSecret: 'TOPSECRET',
        privateKey: 'TOPSECRET',
        'x-private-key': 'TOPSECRET',
      },
      {},
    ],
    ['snake case', {private_key: 'TOPSECRET'}, {}],
    ['whatever the value', {password: {deep: ['TOPSECRET']}}, {}],
    [
      'keys below dkim',
      {
        dkim: {key: 'TOPSECRET', domain: 'd', more: [{key: 'TOPSECRET'}], publicKey: 'p', keySize: 2048},
        key: 'k',
      },
      {dkim: {domain: 'd', more: [{}], publicKey: 'p', keySize: 2048}, key: 'k'},
    ],
    ['a PEM key in a text', {note: `a ${pem} b`}, {note: 'a *** b'}],
    ['a PEM key without an end', {note: 'a -----BEGIN PRIVATE KEY-----\nTOPSECRET'}, {note: 'a ***'}],
    [
      'a header in a text',
      {mime: 'A: 1\r\nX-MQ-Smarthost-Password : TOPSECRET\r\nB: 2'},
      {mime: 'A: 1\r\nX-MQ-Smarthost-Password : ***\r\nB: 2'},
    ],
    [
      'a folded header',
      {mime: 'x-mq-smarthost-password:\r\n TOPSECRET\n\tTOPSECRET\nB: 2'},
      {mime: 'x-mq-smarthost-password: ***\nB: 2'},
    ],
    [
      'a quote in the header',
      {mime: 'x-mq-smarthost-password: a"TOPSECRET\nB: 2'},
      {mime: 'x-mq-smarthost-password: ***\nB: 2'},
    ],
    [
      'a backslash in the header',
      {mime: 'x-mq-smarthost-password: a\\nTOPSECRET\nB: 2'},
      {mime: 'x-mq-smarthost-password: ***\nB: 2'},
    ],
    [
      'a bare CR in the header',
      {mime: 'x-mq-smarthost-password: a\rTOPSECRET\nB: 2'},
      {mime: 'x-mq-smarthost-password: ***\nB: 2'},
    ],
    [
      'other names for one',
      {
        pass: 'TOPSECRET',
        smtp_pwd: 'TOPSECRET',
        smtpPass: 'TOPSECRET',
        'api-key': 'TOPSECRET',
        accessToken: 'TOPSECRET',
        passphrase: 'TOPSECRET',
      },
      {},
    ],
    [
      'names that only sound so',
      {bypass: 1, compass: 2, passed: 3, token: 4},
      {bypass: 1, compass: 2, passed: 3, token: 4},
    ],
    [
      'a smarthost’s members under other names',
      {
        smarthost: {
          hostname: 'h',
          port: 25,
          user: 'TOPSECRET',
          pass: 'TOPSECRET',
          auth: {a: ['TOPSECRET']},
          TOPSECRET: 1,
        },
      },
      {smarthost: {hostname: 'h', port: 25}},
    ],
    [
      'a smarthost’s values in the wrong place',
      {
        smarthost: {
          hostname: {x: 'TOPSECRET'},
          port: 'TOPSECRET',
          username: ['TOPSECRET'],
          security: 'TOP SECRET',
        },
      },
      {smarthost: {}},
    ],
    [
      'an API key for a user name and a password',
      {
        smarthost: {
          hostname: ['a', 'b', 7],
          port: '25',
          username: 'TOPSECRET',
          password: 'TOPSECRET',
          security: 'verified',
        },
      },
      {smarthost: {hostname: ['a', 'b'], port: '25', security: 'verified'}},
    ],
    [
      'what is nearly the smarthost',
      {Smarthost: 'TOPSECRET', 'smarthost-auth': 'TOPSECRET', smarthosts: 1},
      {smarthosts: 1},
    ],
    ['a name with a no-break space', {'x-mq-smarthost-pass\u200bword\u00a0': 'TOPSECRET'}, {}],
    [
      'a header of an object',
      {
        mime: {
          headers: [
            {key: 'X-MQ-Smarthost-Password', value: 'TOPSECRET'},
            {key: 'a', value: 'b'},
          ],
        },
      },
      {mime: {headers: [{key: 'X-MQ-Smarthost-Password'}, {key: 'a', value: 'b'}]}},
    ],
    ['a smarthost’s URL', {smarthost: 'smtp://jo:TOPSECRET@h:25'}, {smarthost: 'smtp://jo:***@h:25'}],
    [
      'a smarthost’s URL that is none',
      {smarthost: 'smtp://jo:p"/ @TOPSECRET@h/x'},
      {smarthost: 'smtp://jo:***@h/x'},
    ],
    ['a smarthost that is none', {smarthost: 'jo:TOPSECRET@h'}, {smarthost: 'jo:***@h'}],
    ['a smarthost that is a list', {smarthost: ['TOPSECRET']}, {smarthost: '***'}],
    [
      'a smarthost’s URL for a hostname',
      {smarthost: {hostname: 'smtps://TOPSECRET@h'}},
      {smarthost: {hostname: 'smtps://***@h'}},
    ],
    [
      'URLs anywhere',
      {note: ['see https://jo:TOPSECRET@h/a?b=c@d and ftp://TOPSECRET@h, smtp://a:TOP/SECRET@h and x://a']},
      {note: ['see https://jo:***@h/a?b=c@d and ftp://***@h, smtp://a:***@h and x://a']},
    ],
    ['URLs without a user', {note: 'https://h/@a:b and a://b/c@d'}, {note: 'https://h/@a:b and a://b/c@d'}],
    [
      'a field with a URL',
      {mime: 'x-mq-smarthost: smtp://jo:TOP\n SECRET@h\nA: 1'},
      {mime: 'x-mq-smarthost: ***\nA: 1'},
    ],
    [
      'a field of another name',
      {mime: 'x-mq-smarthost-pass: TOPSECRET\r\r\nA: 1'},
      {mime: 'x-mq-smarthost-pass: ***\r\r\nA: 1'},
    ],
    [
      'what is nearly a field',
      {mime: 'A: 1\nx-mq-my-own TOPSECRET\n b\nB: 2\n\nc'},
      {mime: 'A: 1\nx-mq-my-own: ***\r\nB: 2\n\nc'},
    ],
  ])('%s', (_, object, expected) => {
    expect(withoutSecrets(object)).toEqual(expected);
  });

  test('is the message itself when it has none', () => {
    const object = {
      passwords: 1,
      'password-hint': 'x',
      mime: 'x-mq-smarthost-username: u\n',
      a: [null, true, 1.5, {}],
      custom: {key: 'k'},
    };
    expect(withoutSecrets(object)).toEqual(object);
  });
});

describe('a text that is no message shows none of the secrets in it', () => {
  test.each([
    ['a property', '{"recipient": "a@b.example", "password": "TOPSECRET"'],
    ['without an end', '{"password": "TOPSECRET'],
    ['with a quote inside', '{"password":"a\\"TOPSECRET", "x": 1,}'],
    ['that ends in a backslash', '{"password": "a TOPSECRET\\'],
    ['with spaces, commas and braces', '{"password" : "a, b} TOPSECRET"'],
    ['over lines', '{"password":\n\n  "a\nTOPSECRET"'],
    ['unquoted', '{password: TOPSECRET, x}'],
    ['in single quotes', "{'smarthost': {'password': 'a TOPSECRET'}}"],
    ['in single quotes, with a comma', "{'password': 'a, TOPSECRET'}"],
    ['in single quotes, with a comma, without an end', "{'password': 'a, TOPSECRET"],
    ['with a comma, without an end', '{"password": "a, TOPSECRET'],
    ['privateKey', '{"privateKey": "TOPSECRET",}'],
    ['private-key', '{"private-key": "TOPSECRET",}'],
    ['as a form', 'username=u&password=TOPSECRET'],
    ['a number', '[{"password": 12, "secret": "TOPSECRET"}]'],
    ['a list', '{"password": ["a", "TOPSECRET"],}'],
    ['encoded twice', JSON.stringify(JSON.stringify({smarthost: {password: 'TOPSECRET'}}))],
    ['encoded twice, with spaces', JSON.stringify(JSON.stringify({smarthost: {password: 'a, TOPSECRET'}}))],
    ['encoded twice, with a quote', JSON.stringify(JSON.stringify({password: 'a" TOPSECRET'}))],
    ['encoded twice, cut', JSON.stringify(JSON.stringify({password: 'a, TOPSECRET'})).slice(0, -4)],
    ['encoded thrice', JSON.stringify(JSON.stringify(JSON.stringify({password: 'a, TOPSECRET'})))],
    ['a header with commas in JSON text', '{"mime": "x-mq-smarthost-password  : a, TOPSECRET\\nB: 2",}'],
    [
      'a folded header with commas in JSON text',
      '{"mime": "x-mq-smarthost-password: a,\\n b, TOPSECRET\\nB: 2",}',
    ],
    [
      'a header folded over lines of the JSON text',
      '{"mime": "x-mq-smarthost-password: a,\n b, TOPSECRET\nB: 2",}',
    ],
    ['a header in JSON text', '{"mime": "A: 1\\r\\nx-mq-smarthost-password: TOPSECRET\\r\\nB: 2",}'],
    [
      'a folded header in JSON text',
      '{"mime": "x-mq-smarthost-password:\\r\\n TOPSECRET\\n\\tTOPSECRET\\nB: 2",}',
    ],
    ['a header with spaces in JSON text', '{"mime": "x-mq-smarthost-password: a b TOPSECRET\\nB: 2",}'],
    [
      'a header in JSON text with a quote in it',
      '{"mime": "x-mq-smarthost-password: a\\" TOPSECRET\\nB: 2",}',
    ],
    ['a header in MIME text', 'A: 1\r\nX-Mq-Smarthost-Password: a TOPSECRET\r\nB: 2'],
    ['a folded header in MIME text', 'x-mq-smarthost-password:\r\n TOPSECRET\r\n\tTOPSECRET\r\nB: 2'],
    ['a header in MIME text with a quote in it', 'x-mq-smarthost-password: a" TOPSECRET\nB: 2'],
    ['a header in MIME text with a quote and a comma', 'x-mq-smarthost-password: a", TOPSECRET\nB: 2'],
    ['members of other names', '{"smarthost": {"auth": {"user": "u", "pass": "TOPSECRET"'],
    ['a URL', '{"smarthost": "smtp://jo:TOPSECRET@h",}'],
    ['a URL with escapes', '{"smarthost": "smtp:\\/\\/jo:TOPSECRET@h",}'],
    ['a URL in text', 'smarthost = smtps://jo:a/TOPSECRET@h'],
    ['a header with a URL', '{"mime": "x-mq-smarthost: smtp://jo:p TOPSECRET@h\\nB: 2",}'],
    ['a header with a no-break space', '{"mime": "x-mq-smarthost-password\u00a0: a, TOPSECRET\\nB: 2",}'],
    [
      'a header with CR CR LF in JSON text',
      '{"mime": "x-mq-smarthost-password:\\r\\r\\n a, TOPSECRET\\nB: 2",}',
    ],
    ['what is nearly a header in MIME text', 'x-mq-smarthost-password TOPSECRET\nB: 2'],
    ['a PEM key', `{"dkim": {"key": "${pem}"`],
    ['a PEM key with escapes', `{"dkim": {"key": "${pem.replaceAll('\n', '\\n')}"`],
    ['a PEM key without an end', '-----BEGIN PRIVATE KEY-----\nTOPSECRET'],
  ])('%s', (_, text) => {
    const masked = maskedText(text);
    expect(masked).not.toContain('TOPSECRET');
    expect(masked).toContain('***');
  });

  test('and all of the rest', () => {
    const text = '{"recipient": "a@b.example", "smarthost": {"username": "u", "password": "p", "port": 25},}';
    expect(maskedText(text)).toBe(text.replace('"p"', '***'));
    for (const space of ['', '\n ']) {
      const inJson = `${space}{"mime": "x-mq-smarthost-password: p\\nB: 1, 2", "recipient": "a@b.example",}`;
      expect(maskedText(inJson)).toMatch(/password: \*\*\*, 2", "recipient": "a@b\.example",}$/);
      expect(maskedText(inJson.replace('\\n', '\n'))).toMatch(
        /password: \*\*\*\nB: 1, 2", "recipient": "a@b\.example",}$/,
      );
    }
    const mime = 'A: 1\r\nx-mq-smarthost-password: a b\r\n c\r\nB: 2\r\n\r\nbody';
    expect(maskedText(mime)).toMatch(/^A: 1\r\nx-mq-smarthost-password: ?\*\*\*\r\nB: 2\r\n\r\nbody$/);
  });
});

/** As `dkim` takes them. */
const bareKeys = [
  ...([1024, 2048, 4096] as const).flatMap(modulusLength => {
    const {privateKey} = generateKeyPairSync('rsa', {modulusLength});
    return (['pkcs1', 'pkcs8'] as const).map(type => privateKey.export({type, format: 'der'}));
  }),
  generateKeyPairSync('ed25519').privateKey.export({type: 'pkcs8', format: 'der'}),
].map(der => der.toString('base64'));

describe('private keys without header lines are masked', () => {
  test.each(bareKeys.map(key => ({key, size: key.length})))('of $size characters', ({key}) => {
    const inLines = key.replace(/.{64}/g, '$&\n');
    for (const form of [key, inLines]) {
      expect(withoutSecrets({note: `a: ${form}; b`})).toEqual({note: 'a: ***; b'});
      expect(withoutSecrets({dkim: {domain: form}})).toEqual({dkim: {domain: '***'}});
      expect(maskedText(`{"dkim": {"key": ${JSON.stringify(form)}, "domain": "d"`)).toBe(
        '{"dkim": {"key": "***", "domain": "d"',
      );
    }
  });

  test('and certificates and public keys are not', () => {
    const {publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
    const note = publicKey.export({type: 'spki', format: 'der'}).toString('base64');
    expect(withoutSecrets({note})).toEqual({note});
  });
});

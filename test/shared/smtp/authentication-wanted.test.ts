import {expect, test} from 'vitest';
import {isOfOurSetUp, wantsAuthentication} from '../../../shared/smtp/authentication-wanted.ts';
import type {Failure, Stage} from '../../../shared/smtp/failure.ts';
import {ReplyReader, replyOf} from '../../../shared/smtp/reply.ts';

const failureOf = (stage: Stage, raw: string): Failure => {
  const [read] = new ReplyReader().push(Buffer.from(`${raw}\r\n`));
  const reply = replyOf(read!, read!.code!, text => text);
  return {stage, result: 'error', reply, description: reply.text};
};
const isWanted = (stage: Stage, raw: string, couldAuthenticate = false) =>
  wantsAuthentication(failureOf(stage, raw), couldAuthenticate);

test.each([
  // RFC 4954, and servers that follow it.
  '530 5.7.0 Authentication required',
  '530 5.7.0 Must issue a STARTTLS command first',
  '530 Must authenticate before sending',
  '534 5.7.9 Please log in with your web browser',
  '535 5.7.8 Error: authentication failed',
  '538 5.7.11 Encryption required for requested authentication mechanism',
  // Postfix
  '554 5.7.1 <to@example.org>: Relay access denied',
  '454 4.7.1 <to@example.org>: Relay access denied',
  '554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied',
  '553 5.7.1 <from@example.com>: Sender address rejected: not logged in',
  // Exim, cPanel
  '550 relay not permitted',
  '550 authentication required',
  '550-Please turn on SMTP Authentication in your mail client.\r\n550-client.example (relay.example) [192.0.2.1]:4567 is not permitted to relay\r\n550 through this server without authentication.',
  '550 SMTP AUTH is required for message submission on port 587',
  // Sendmail, Courier
  '550 5.7.1 <to@example.org>... Relaying denied. Proper authentication required.',
  '550 5.7.1 <to@example.org>... Relaying denied. IP name lookup failed [192.0.2.1]',
  '551 5.7.1 We do not relay',
  '513 Relaying denied.',
  // qmail
  "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
  '550 sorry, relaying not allowed (POP before SMTP)',
  // Exchange, Office 365
  '550 5.7.1 Unable to relay',
  '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
  '550 5.7.64 TenantAttribution; Relay Access Denied SMTP [AM1.example.com]',
  '530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM',
  '550 5.7.57 Client not authenticated to send mail.',
  '550 5.7.3 Requested action aborted; user not authenticated',
  '550 5.7.1 Client was not authenticated',
  // Services
  '530 Authentication required',
  '550 Unauthenticated senders not allowed',
  '550 5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you have registered does not match the domain',
  '550-5.7.0 Mail relay denied [192.0.2.1]. Invalid credentials for relay for\r\n550 5.7.0 one of the domains in: example.com (as obtained from HELO and MAIL FROM)',
  '550 5.7.1 Authentication Required',
  '554 5.7.0 Please authenticate first',
  // MailEnable, Kerio, and whoever else
  '503 This mail server requires authentication when attempting to send to a non-local e-mail address.',
  '550 5.7.1 Relaying to <to@example.org> denied (authentication required)',
  '550 5.7.1 You are not authorized to use this server',
  '550 5.7.1 not authorized',
  '554 5.7.1 You are not authorised to relay mail through this server',
  '550 Please log in first',
  '550 5.7.1 login required',
  '550 5.5.1 authentication needed',
  '550 5.1.0 Authentication required',
  '503 5.5.1 need authentication',
  '503 AUTH first (#5.5.1)',
  '553 5.7.1 Relaying not allowed for sender',
  '550 5.7.0 Must be authenticated to send',
])('a smarthost at MAIL or RCPT means our set-up by: %s', raw => {
  for (const stage of ['mailfrom', 'rcptto', 'data'] as const) expect(isWanted(stage, raw), stage).toBe(true);
});

test.each([
  '550 5.1.1 <to@example.org>: Recipient address rejected: User unknown in virtual mailbox table',
  '550 5.1.1 <to@example.org>: Recipient address rejected: User unknown in relay recipient table',
  '550 <to@example.org>: Recipient address rejected: User unknown in relay recipient table',
  '550 5.1.1 The email account that you tried to reach does not exist.',
  '550 5.1.1 relay: no such user here',
  '550 5.2.1 The account is disabled; authentication is not possible',
  '550 5.4.1 Recipient address rejected: Access denied. [AM1.example.com]',
  '550 5.7.1 <relay@example.org>: rejected by policy',
  '554 5.7.1 <relay.example.com[192.0.2.1]>: Client host rejected: blocked',
  '550 5.7.1 blocked, see https://support.example/authentication/relay',
  '550 5.7.26 This mail has been blocked because the sender is unauthenticated.',
  '550-5.7.26 Unauthenticated email from example.com is not accepted due to domain\r\n550 5.7.26 DMARC policy. Please contact the administrator',
  '550 5.7.1 Unauthenticated email from example.com is not accepted due to domain DMARC policy',
  '550 5.7.1 Unauthenticated email is not accepted from this domain',
  '550 5.7.1 Email rejected: the message could not be authenticated',
  '550 5.7.1 SPF authentication failed for example.com',
  '550 5.7.23 The message was rejected because of Sender Policy Framework violation: not authenticated',
  '550 5.7.1 192.0.2.1 is not authorized to send mail for example.com',
  '550 5.7.1 192.0.2.1 is not authorized to send mail on behalf of example.com',
  '550 5.7.20 No passing DKIM signature: authentication required',
  '550 5.7.1 message did not pass e-mail authentication',
  '550 5.7.1 Delivery not authorized, message refused',
  '550 5.7.1 You are not authorized to send to this mailing list',
  '550 5.7.1 not authorized to post mail to that address',
  '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required',
  '550 5.7.1 RESOLVER.RST.AuthRequired; authentication required',
  '550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level',
  '550 Access denied, the domain does not meet the required authentication level',
  '550 5.7.1 The domain of the sender failed authentication',
  '554 5.7.9 Message not accepted for policy reasons',
  '550-5.7.25 The IP address sending this message does not have a PTR record\r\n550 5.7.25 or is not authenticated',
  '550 5.7.1 Recipient only takes mail from people who are on its list',
  '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
  '553 5.7.1 <from@example.com>: Sender address rejected: not owned by user me',
  '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
  '554 5.7.1 192.0.2.1 is listed as an open relay',
  '550 5.1.1 undeliverable address: host mx.example.org[192.0.2.9] said: 554 5.7.1 Relay access denied',
  '550 undeliverable address: host mx.example.org[192.0.2.9] said: 554 5.7.1 Relay access denied',
  '554 5.7.1 The message was refused for its content (spam)',
  '552 5.3.4 Message size exceeds fixed limit',
  '550 Requested action not taken: mailbox unavailable',
  '550 5.7.1 Access denied',
  '501 5.1.7 Bad sender address syntax',
  '451 4.7.1 Greylisted: authentication would help',
  '421 4.7.0 authentication service is down',
])('a smarthost means somebody else by: %s', raw => {
  for (const stage of ['mailfrom', 'rcptto', 'data'] as const)
    expect(isWanted(stage, raw), stage).toBe(false);
});

test('denied access means our set-up where AUTH was offered and not used, as on Postfix’s submission port', () => {
  const denied = '554 5.7.1 <to@example.org>: Recipient address rejected: Access denied';
  expect([isWanted('rcptto', denied), isWanted('rcptto', denied, true)]).toEqual([false, true]);
  const sender = '554 5.7.1 <from@example.com>: Sender address rejected: Access denied';
  expect(isWanted('rcptto', sender, true)).toBe(false);
  expect(isWanted('rcptto', '550 5.4.1 Recipient address rejected: Access denied', true)).toBe(false);
});

test('a refusal of the text is one of the text, unless its code is one of AUTH’s', () => {
  expect(isWanted('message', '550 5.7.1 relaying denied: authentication required')).toBe(false);
  expect(isWanted('message', '530 5.7.0 Authentication required')).toBe(true);
});

test('a refusal of EHLO may mean our set-up; a greeting and AUTH itself have their own rules', () => {
  const raw = '550 5.7.1 authentication required';
  const stages = ['ehlo', 'helo', 'intro', 'connect', 'starttls', 'authplain'] as const;
  expect(stages.filter(stage => isWanted(stage, raw))).toEqual(['ehlo', 'helo']);
});

test.each([
  ['authplain', '535 5.7.8 no', true],
  ['authlogin', '534 5.7.9 too weak', true],
  ['authcram', '501 5.5.2 cannot decode', true],
  ['auth', '504 5.5.4 no such mechanism', true],
  ['authplain', '432 4.7.12 change it', true],
  ['authplain', '454 4.7.0 temporary failure', false],
  ['authplain', '421 4.3.2 going', false],
  ['authplain', '334 more?', false],
  ['mailfrom', '535 5.7.8 no', false],
  ['rcptto', '550 5.7.1 relaying denied', false],
] as const)('at %s, %s is of our set-up: %s', (stage, raw, expected) => {
  expect(isOfOurSetUp(failureOf(stage, raw))).toBe(expected);
});

test.each([
  ['authplain', 'timeout', undefined, false],
  ['authplain', 'lost', undefined, false],
  ['authlogin', 'invalid', undefined, false],
  ['auth', 'error', 'auth-not-offered', true],
  ['auth', 'error', 'auth-needs-tls', true],
  ['rcptto', 'error', 'authentication-wanted', true],
  ['starttls', 'error', 'tls-failed', false],
  ['intro', 'error', 'server-full', false],
] as const)('at %s, %s with %s is of our set-up: %s', (stage, result, fact, expected) => {
  expect(isOfOurSetUp({stage, result, ...(fact && {fact}), description: ''})).toBe(expected);
});

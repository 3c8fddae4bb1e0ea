// What real servers say to the pipeline, and the fate of the message.

import {expect} from 'vitest';
import {exim} from '../servers/exim-server.ts';
import type {MailServer, ServerKind} from '../servers/mail-server.ts';
import {openSmtpd} from '../servers/opensmtpd-server.ts';
import {messageSizeLimit, postfix} from '../servers/postfix-server.ts';
import {smtpSink} from '../servers/smtp-sink-server.ts';

interface ReplyCase {
  readonly what: string;
  readonly kind: ServerKind;
  readonly smarthost?: (server: MailServer) => object;
  readonly recipient?: string;
  readonly filling?: string;
  readonly fate: string;
  readonly entry: object;
}

/** Failures of a server come last, as its port is then left alone for a while. */
export const replyCases: readonly ReplyCase[] = [
  {
    what: 'bounces a recipient whom Postfix does not know',
    kind: postfix,
    recipient: 'nobody@example.org',
    fate: 'bounced',
    entry: {state: 'rcptto', code: 550, status: '5.1.1'},
  },
  {
    what: 'bounces a recipient whom Exim does not know, and gives no status',
    kind: exim,
    recipient: 'nobody@example.org',
    fate: 'bounced',
    entry: {state: 'rcptto', code: 550},
  },
  {
    what: 'defers a recipient whom Postfix puts off',
    kind: postfix,
    recipient: 'later@example.org',
    fate: 'deferred',
    entry: {state: 'rcptto', code: 450, status: '4.2.0'},
  },
  {
    what: 'bounces a message that is larger than Postfix’s SIZE',
    kind: postfix,
    filling: `${'x'.repeat(78)}\r\n`.repeat(messageSizeLimit / 80),
    fate: 'bounced',
    entry: {state: 'mailfrom', status: '5.3.4'},
  },
  {
    what: 'gives a UTF-8 address to Postfix, which has SMTPUTF8',
    kind: postfix,
    recipient: 'jörg@example.org',
    fate: 'accepted',
    entry: {code: 250},
  },
  {
    what: 'gives a UTF-8 address to Exim, which has SMTPUTF8',
    kind: exim,
    recipient: 'jörg@example.org',
    fate: 'accepted',
    entry: {code: 250},
  },
  {
    what: 'bounces a UTF-8 address before OpenSMTPD, which has no SMTPUTF8',
    kind: openSmtpd,
    recipient: 'jörg@example.org',
    fate: 'bounced',
    entry: {status: '5.6.7'},
  },
  {
    what: 'verifies Postfix’s certificate',
    kind: postfix,
    smarthost: ({smarthost}) => ({...smarthost, security: 'verified'}),
    fate: 'accepted',
    entry: {verified: true, cipher: {version: 'TLSv1.3'}},
  },
  {
    what: 'authenticates to OpenSMTPD over implicit TLS',
    kind: openSmtpd,
    smarthost: ({smtps}) => smtps!,
    fate: 'accepted',
    entry: {authentication: expect.stringMatching(/PLAIN|LOGIN/), cipher: {version: 'TLSv1.3'}},
  },
  {
    what: 'defers when OpenSMTPD’s certificate is for another address',
    kind: openSmtpd,
    smarthost: ({smtps}) => ({...smtps, security: 'verified'}),
    fate: 'deferred',
    entry: {state: 'starttls', status: '4.7.5'},
  },
  {
    what: 'defers when OpenSMTPD refuses the password',
    kind: openSmtpd,
    smarthost: ({smarthost}) => ({...smarthost, password: 'another'}),
    fate: 'deferred',
    entry: {code: 535},
  },
  {
    what: 'defers when there are credentials and Postfix has no AUTH',
    kind: postfix,
    smarthost: ({smarthost}) => ({...smarthost, username: 'me', password: 'secret'}),
    fate: 'deferred',
    entry: {state: 'auth', status: '4.7.0'},
  },
  {
    what: 'defers when TLS is required and smtp-sink has none',
    kind: smtpSink,
    smarthost: ({smarthost}) => ({...smarthost, security: 'required'}),
    fate: 'deferred',
    // smtp-sink's own reply to STARTTLS, which it does not know.
    entry: {state: 'starttls', status: '5.5.1'},
  },
];

// What filters and hosters say, in our words: codes, statuses and telling words are theirs.

import type {KnownReply} from './known-reply.ts';

const postgrey = 'https://github.com/schweikert/postgrey/issues/107';
const rspamd = 'https://github.com/mailcow/mailcow-dockerized-docs';
const bytecamp = 'https://www.bytecamp.net/de/faq/email/zustellen.html';
const oneSystems =
  'https://support.onesystems.ch/722126-%C3%9Cbersicht-h%C3%A4ufig-vorkommender-Fehlermeldungen';
const nicRu = 'https://nic.ru/help/mail-diagnostics-and-troubleshooting_14426.html';
const ionos =
  'https://www.ionos.com/help/email/troubleshooting-mail-basicmail-business/error-messages-caused-by-undeliverable-email/';

export const filterReplies: readonly KnownReply[] = [
  [
    450,
    '4.2.0',
    '<rcpt@example.org>: Recipient address rejected: Greylisted, see postgrey.example/help/example.org.html',
    'greylist',
    postgrey,
  ],
  [
    450,
    '4.2.0',
    '<rcpt@example.org>: Recipient address rejected: Delayed by Postgrey',
    'greylist',
    'https://github.com/docker-mailserver/docker-mailserver/issues/3497',
  ],
  [
    450,
    '4.2.0',
    '<rcpt@example.org>: Recipient address rejected: Greylisted for 300 seconds',
    'greylist',
    'https://github.com/schweikert/postgrey/issues/86',
  ],
  [
    451,
    '4.7.1',
    'Try again later',
    'greylist',
    'https://www.rspamd.com/doc/modules/greylisting.html',
    'message',
  ],
  [
    451,
    '4.7.1',
    'Intentional policy rejection, please try again later',
    'greylist',
    'https://docs.iredmail.org/manage.iredapd.html',
  ],
  [
    451,
    '4.7.1',
    'Ratelimit "to" exceeded',
    'rate',
    'https://www.rspamd.com/doc/modules/ratelimit.html',
    'message',
  ],
  [554, '5.7.1', 'Spam message rejected', 'content', rspamd, 'message'],
  [550, '5.7.1', 'Blocked by SpamAssassin', 'content', 'spamass-milter, spamass-milter.cpp', 'message'],
  [550, '5.7.1', 'Detected as spam', 'content', 'Haraka, docs/plugins/rspamd.md', 'message'],
  [
    554,
    '5.7.0',
    'Reject, id=12345-01 - INFECTED: Win.Test.EICAR_HDB-1',
    'content',
    'amavisd-new, amavisd',
    'message',
  ],
  [
    554,
    '5.7.0',
    'Reject, id=12345-02 - BANNED: .exe,.exe-ms,setup.exe',
    'content',
    'amavisd-new, amavisd',
    'message',
  ],
  [550, '5.7.1', 'Command rejected: clamav found Eicar-Signature', 'content', 'clamav-milter', 'message'],
  [
    550,
    '5.7.23',
    '<rcpt@example.org>: Recipient address rejected: Message rejected due to: SPF fail - not authorized.',
    'auth',
    'pypolicyd-spf',
  ],
  [550, '5.7.20', 'No passing DKIM signature found', 'auth', 'RFC 7372 3.1', 'message'],
  [550, '5.7.1', 'rejected by DMARC policy for example.com', 'auth', 'opendmarc', 'message'],
  [550, '5.7.29', 'ARC validation failure', 'auth', 'RFC 8617', 'message'],
  [450, '4.7.1', 'Client host rejected: cannot find your reverse hostname, [192.0.2.1]', 'auth', bytecamp],
  [422, '4.2.2', 'Quota limit exceeded (Speicherplatz des Kontos ueberschritten)', 'quota', bytecamp],
  [
    571,
    '5.7.1',
    'message classified as spam (Nachricht als Spam eingestuft)',
    'content',
    bytecamp,
    'message',
  ],
  [554, '5.7.1', '<rcpt@example.org>: Recipient address rejected: User unknown', 'recipient', oneSystems],
  [
    554,
    '5.7.1',
    'Service unavailable; Client host [192.0.2.1] blocked using ix.dnsbl.manitu.net',
    'reputation',
    oneSystems,
  ],
  [451, undefined, 'example.org prohibited. Disk quota exceeded', 'quota', nicRu],
  [451, undefined, 'Please try another server', 'greylist', nicRu],
  [550, undefined, 'Quota Exceeded: the mailbox is full', 'quota', ionos],
  [
    550,
    '5.1.1',
    'The account that you tried to reach was deleted',
    'recipient',
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.2',
  ],
  [
    550,
    '5.2.1',
    'Account closed due to inactivity',
    'inactive',
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.3',
  ],
  [
    550,
    '5.7.1',
    'Access denied: this group accepts posts from its members only',
    'policy',
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.8',
  ],
  [550, '5.7.10', 'Encryption needed', 'policy', 'RFC 5248, IANA enhanced status codes', 'mailfrom'],
  [
    554,
    '5.7.1',
    'Your access to this mail system has been rejected due to the sending MTA\u2019s poor reputation.',
    'reputation',
    'Cisco ESA, SenderBase',
    'intro',
  ],
  [452, '4.2.0', 'Too many recipients received this hour', 'rate', 'Cisco ESA, mail flow policies'],
  [
    550,
    undefined,
    'A URL in this email is listed on SURBL: link.example',
    'reputation',
    'https://www.surbl.org/surbl-analysis',
    'message',
  ],
  [421, undefined, 'Service not available, closing transmission channel', 'network', 'RFC 5321 4.2.3'],
  [521, undefined, 'example.org does not accept mail', 'domain', 'RFC 7504 2'],
  [556, undefined, 'Domain does not accept mail', 'domain', 'RFC 7504 3'],
];

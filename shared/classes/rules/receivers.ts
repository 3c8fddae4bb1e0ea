// What single receivers and programs mean by words that say something else to everybody else.

import type {Rule} from '../rule.ts';

export const receiverRules: readonly Rule[] = [
  {
    class: 'auth',
    stages: ['auth', 'authplain', 'authlogin', 'authcram'],
    codes: [432, 451, 454, 500, 501, 502, 503, 504, 530, 534, 535, 538, 550, 553, 554],
    source: 'RFC 4954 4 and 6: a reply to AUTH',
    example: {code: 535, status: '5.7.8', text: 'Sign in first', stage: 'authplain'},
  },
  {
    class: 'recipient',
    statuses: ['X.4.1'],
    words: ['recipient address rejected access denied'],
    source:
      'https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/use-directory-based-edge-blocking',
    example: {code: 550, status: '5.4.1', text: 'Recipient address rejected: Access denied'},
  },
  {
    class: 'reputation',
    statuses: ['X.1.8'],
    words: ['bad outbound sender'],
    source:
      'https://learn.microsoft.com/en-us/exchange/troubleshoot/email-delivery/ndr/fix-error-code-550-5-1-8',
    example: {code: 550, status: '5.1.8', text: 'Access denied, bad outbound sender'},
  },
  {
    class: 'policy',
    words: ['resolver.rst', 'transport.rules'],
    unless: ['sizelimit', 'notfound', 'recipnotfound'],
    source:
      'https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online',
    example: {code: 550, status: '5.7.1', text: 'RESOLVER.RST.AuthRequired; authentication required'},
  },
  {
    class: 'rate',
    codes: [451],
    statuses: ['X.7.500', 'X.7.501', 'X.7.502', 'X.7.650', 'X.7.651', 'X.7.652'],
    source: 'https://wordtothewise.com/2017/10/troubleshooting-and-codes',
    example: {code: 451, status: '4.7.500', text: 'Server busy (S77719)'},
  },
  {
    class: 'reputation',
    words: [' sc 00', ' dy 00', ' ou 00'],
    source: 'https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx',
    example: {code: 550, text: 'SC-004 messages were not sent'},
  },
  {
    class: 'greylist',
    codes: [451],
    words: ['internal resource* temporarily unavailable'],
    source: 'https://mimecastsupport.zendesk.com/hc/en-us/articles/34000709564691',
    example: {code: 451, text: 'Internal resource temporarily unavailable'},
  },
  {
    class: 'greylist',
    codes: [450],
    words: ['service currently unavailable'],
    source: 'Postfix, POSTSCREEN_README: tests after the greeting end in a 450',
    example: {code: 450, status: '4.3.2', text: 'Service currently unavailable'},
  },
  {
    class: 'inactive',
    words: ['policy rejection on the target address'],
    source: 'https://yandex.com/support/mail/bounces/yandex/policy-rejection-on-the-target-address.html',
    example: {code: 550, status: '5.7.1', text: 'Policy rejection on the target address'},
  },
  {
    class: 'rate',
    codes: [550],
    words: [' mailbox unavailable or access denied '],
    source: 'https://smtp.codes/qq',
    example: {code: 550, text: 'Mailbox unavailable or access denied'},
  },
  {
    class: 'reputation',
    words: [' a problem occurred * bl ', 'hl rep ', ' dt rbl ', 'will be permanently deferred'],
    source:
      'https://www.spamresource.com/2020/06/whoops-t-onlinede-not-accepting-mail.html, NetEase and Yahoo by their pages',
    example: {
      code: 554,
      text: 'IP=192.0.2.1 - A problem occurred. (Ask the postmaster) (BL)',
      stage: 'intro',
    },
  },
  {
    class: 'rate',
    words: [' hl icc ', ' hl ifc ', ' mi dmc ', ' rp drc ', ' mi sfq ', ' ofr 999 ', ' tss0'],
    source:
      'https://biecuoliao.com/pa/MBRrwEM.html (NetEase), https://postmaster.orange.fr, Yahoo by its page',
    example: {code: 421, text: 'HL:ICC 163 mx5', stage: 'ehlo'},
  },
  {
    class: 'content',
    words: [' dt spm ', ' ofr 506 ', ' ph01 '],
    source:
      'https://biecuoliao.com/pa/MBRrwEM.html (NetEase), https://postmaster.orange.fr, Yahoo by its page',
    example: {code: 554, text: 'DT:SPM 163 smtp5', stage: 'message'},
  },
  {
    class: 'auth',
    words: ['ofr006 107', 'lpn006 107', ' ofr 107 '],
    source: 'https://postmaster.orange.fr: the PTR record is missing',
    example: {code: 421, text: 'Service refused, please try later. OFR006_107', stage: 'intro'},
  },
  {
    class: 'reputation',
    words: ['ofr006 10', 'lpnaaa 10', ' bl000', ' bl21 ', ' ib103 '],
    source:
      'https://postmaster.orange.fr, http://postmaster.comcast.net/mail-error-codes.html, Yahoo, GoDaddy',
    example: {code: 550, text: 'Service refused, please try later. OFR006_103', stage: 'intro'},
  },
  {
    class: 'reputation',
    words: [' cxbl ', ' cdrbl ', ' ipbl', ' urlbl', ' aup i 10', ' aup i 12', ' e12', ' rtr du ', ' hvu b'],
    source:
      'https://www.cox.com/business/support/email-error-codes.html, https://www.spectrumbusiness.net, AOL by its page',
    example: {code: 554, text: '192.0.2.1 blocked. Error Code: CXBL', stage: 'intro'},
  },
  {
    class: 'rate',
    words: [' aup i 13', ' aup i 14', ' cxmxrt ', ' cxcnct '],
    source: 'https://www.cox.com/business/support/email-error-codes.html, https://www.spectrumbusiness.net',
    example: {code: 421, text: 'Server not available AUP#I-1310', stage: 'intro'},
  },
  {
    class: 'auth',
    words: [' aup i 11', ' cxsndr ', ' cxdns ', ' rp rdn '],
    source:
      'https://www.cox.com/business/support/email-error-codes.html, https://www.spectrumbusiness.net, NetEase by its page',
    example: {code: 550, text: 'Sender rejected. AUP#CXSNDR', stage: 'mailfrom'},
  },
  {
    class: 'policy',
    words: ['your email address has been bl', 'your domain has been bl', 'restrictdomains'],
    source: 'https://knowledge.broadcom.com/external/article/173082, https://learn.microsoft.com (5.7.51)',
    example: {code: 553, text: 'Sorry, your domain has been blacklisted', stage: 'mailfrom'},
  },
  {
    class: 'reputation',
    codes: [450, 451],
    words: ['access denied please try again later'],
    source:
      'https://learn.microsoft.com/en-us/Exchange/mail-flow/non-delivery-reports-and-bounce-messages (4.7.850)',
    example: {code: 450, status: '4.7.850', text: 'Access denied, please try again later', stage: 'mailfrom'},
  },
  {
    class: 'dns',
    words: ['ofr004 405', ' ofr 405 ', 'lpn105 405'],
    source: 'https://postmaster.orange.fr: the domain of the sender has no valid records',
    example: {code: 501, status: '5.1.0', text: 'Invalid Sender. OFR_405', stage: 'mailfrom'},
  },
  {
    class: 'protocol',
    codes: [451],
    words: [' see pobox.com '],
    source: 'qmail, qmail-smtpd.c: a line feed without a carriage return',
    example: {code: 451, text: 'See http://pobox.com/~djb/docs/smtplf.html.', stage: 'message'},
  },
  {
    class: 'auth',
    statuses: ['X.7.9'],
    words: ['not accepted for policy reasons'],
    source: 'https://senders.yahooinc.com/smtp-error-codes/: DMARC or DKIM failed',
    example: {code: 554, status: '5.7.9', text: 'Message not accepted for policy reasons', stage: 'message'},
  },
];

// A text that shows whether a server changed it.

/** It has what servers are known to change: dots, "From " lines, blanks, long lines, 8-bit, empty lines. */
export const fragileText = (token: string, filling = '') =>
  [
    'From: Jörg <from@example.com>',
    'To: to@example.org',
    `Subject: ${token}`,
    'Date: Mon, 05 Jan 2026 09:30:00 +0000',
    `Message-ID: <${token}@example.com>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '.',
    '..',
    '.leading dot',
    'From here on, a line as mailboxes part their messages',
    'trailing blanks  \t ',
    'Grüße, 你好, 📮',
    'x'.repeat(998),
    '',
    '',
    // Last, so that a file with it has all the rest.
    `${filling}${token}.`,
    '',
  ].join('\r\n');

// A text made to show what a server changes.

/** What servers have been known to change: dots, "From " lines, blanks, long lines, 8-bit, blank lines. */
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
    // Last, so that a file that has it has everything.
    `${filling}${token}.`,
    '',
  ].join('\r\n');

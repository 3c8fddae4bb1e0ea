// A Postfix that delivers to the domains directly, with its defaults. Where the domains are, a table says: it asks no DNS.

import {mkdtemp, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {createTransport} from 'nodemailer';
import type {Reaper} from '../../local/lambda/reaper.ts';
import {addressOf, domainName} from '../internet/domains.ts';
import {mimeOf, sender, tenKB} from '../mail.ts';
import {PostfixInstance} from '../peers/postfix-instance.ts';
import type {StartSender} from './sender.ts';
import {domains} from './situation.ts';

const submissions = 10;

export const postfixSender =
  (directory: string, reaper: Reaper): StartSender =>
  async ({smtpPort}) => {
    const own = await mkdtemp(join(directory, 'postfix-'));
    const table = join(own, 'transport');
    const lines = Array.from(
      {length: domains},
      (_, number) => `${domainName(number)} smtp:[${addressOf(number)}]:${smtpPort}\n`,
    );
    await writeFile(table, lines.join(''));
    const postfix = await PostfixInstance.start(
      own,
      [`transport_maps = texthash:${table}`, 'smtp_tls_security_level = none'],
      reaper,
    );
    const submission = createTransport({
      pool: true,
      host: '127.0.0.1',
      port: postfix.port,
      maxConnections: submissions,
      maxMessages: Number.POSITIVE_INFINITY,
      ignoreTLS: true,
    });
    const raw = Buffer.from(mimeOf(tenKB));
    return {
      name: 'Postfix',
      async send(parcels) {
        const sending = parcels.map(({recipient}) =>
          submission.sendMail({envelope: {from: sender, to: [recipient]}, raw}),
        );
        await Promise.all(sending);
      },
      async close() {
        submission.close();
        postfix.stop();
      },
    };
  };

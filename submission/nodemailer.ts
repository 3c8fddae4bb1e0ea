// What whoever sends with nodemailer, or over SES, can import: both put their mail on the outbox.

import type {QueueOptions} from './nodemailer/mail-queue.ts';
import {RelayqSesClient, SendEmailCommand} from './nodemailer/ses-client.ts';
import {RelayqTransport} from './nodemailer/transport.ts';

export type {MessageProperties, QueueOptions} from './nodemailer/mail-queue.ts';
export type {SesError, SesSent} from './nodemailer/ses-client.ts';
export type {RelayqError, RelayqMail, RelayqSent} from './nodemailer/transport.ts';

/** For `nodemailer.createTransport(relayqTransport({queueUrl}))`. @throws RelayqError */
export const relayqTransport = (options: QueueOptions): RelayqTransport => new RelayqTransport(options);

/** For `nodemailer.createTransport({SES: relayqSes({queueUrl})})`, and in the place of an SESv2Client. */
export const relayqSes = (options: QueueOptions) => ({
  sesClient: new RelayqSesClient(options),
  SendEmailCommand,
});

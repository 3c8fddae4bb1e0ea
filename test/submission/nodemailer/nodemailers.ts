// The nodemailers that a program may have.

import nodemailer10, {type SendMailOptions, type Transporter} from 'nodemailer';
// @ts-expect-error It has no types.
import nodemailer7 from 'nodemailer-7';
// @ts-expect-error It has no types.
import nodemailer9 from 'nodemailer-9';
import {
  type QueueOptions,
  type RelayqMail,
  relayqSes,
  relayqTransport,
} from '../../../submission/nodemailer.ts';

export type Nodemailer = typeof nodemailer10;
export type AnyMail = SendMailOptions & RelayqMail;

export const nodemailers: readonly (readonly [major: number, nodemailer: Nodemailer])[] = [
  [7, nodemailer7],
  [9, nodemailer9],
  [10, nodemailer10],
];

export const ways = {
  transport: (nodemailer: Nodemailer, options: QueueOptions): Transporter =>
    nodemailer.createTransport(relayqTransport(options)),
  ses: (nodemailer: Nodemailer, options: QueueOptions): Transporter =>
    nodemailer.createTransport({SES: relayqSes(options)}),
} as const;

/** Each nodemailer, over each of the two ways. */
export const senders = nodemailers.flatMap(([major, nodemailer]) =>
  (['transport', 'ses'] as const).map(way => ({major, way, nodemailer})),
);

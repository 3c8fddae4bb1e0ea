// nodemailer for many domains, in a process of its own.

import {Child} from '../child.ts';
import type {NodemailerTask} from './nodemailer-process.ts';
import type {StartSender} from './sender.ts';

export const nodemailerSender: StartSender = async ({smtpPort}) => {
  const child = new Child<NodemailerTask, number>('isolation/nodemailer-process.ts');
  await child.ask({port: smtpPort});
  return {
    name: "nodemailer's pools",
    send: async parcels => void (await child.ask({parcels})),
    close: () => child.close(),
  };
};

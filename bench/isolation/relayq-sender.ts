// The whole pipeline in the local cloud, with direct delivery and the defaults of the stack.

import {startCloud} from '../../local/cloud.ts';
import type {Assembly} from '../../local/synthesis.ts';
import {names} from '../delivery-patterns.ts';
import {directSettings} from '../internet/direct.ts';
import {mimeOf, outboxBodyOf, tenKB} from '../mail.ts';
import type {StartSender} from './sender.ts';

export const relayqSender =
  (assembly: Assembly): StartSender =>
  async internet => {
    const cloud = await startCloud({
      ...assembly,
      assetsDirectory: assembly.directory,
      port: 0,
      graceMs: 0,
      prepare: ({ssm}) => {
        for (const [name, value] of Object.entries(directSettings(internet)))
          ssm.put(`${names.parameterPath}${name}`, value);
      },
    });
    const mime = mimeOf(tenKB);
    return {
      name: 'relayq',
      async send(parcels) {
        for (const {recipient} of parcels)
          cloud.sqs.sendMessage(names.outbox, {body: outboxBodyOf(recipient, mime)});
      },
      close: () => cloud.stop(),
    };
  };

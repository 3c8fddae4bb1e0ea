// The name server of the make-believe internet. It answers when a far one would.

import {createSocket} from 'node:dgram';
import packet from 'dns-packet';
import {answerParent} from '../child.ts';
import {hostAddress, isDomain} from './domains.ts';

export interface DnsRequest {
  readonly roundTripMs: number;
}

const nameError = 3;

function answerTo(query: Buffer): Buffer | undefined {
  const {id, questions: [question] = []} = packet.decode(query);
  if (question === undefined) return undefined;
  const {type} = question;
  const name = question.name.toLowerCase();
  const address = hostAddress(name);
  const common = {name: question.name, ttl: 60, class: 'IN'} as const;
  const answers: packet.Answer[] = [];
  if (type === 'MX' && isDomain(name))
    answers.push({...common, type, data: {preference: 10, exchange: `mx.${name}`}});
  if (type === 'A' && address !== undefined) answers.push({...common, type, data: address});
  const isKnown = address !== undefined || isDomain(name);
  const flags = packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | (isKnown ? 0 : nameError);
  return packet.encode({type: 'response', id: id ?? 0, flags, questions: [question], answers});
}

/** @returns the port on 127.0.0.1 */
answerParent<DnsRequest, number>(({roundTripMs}) => {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const answer = answerTo(query);
    if (answer === undefined) return;
    const send = () => socket.send(answer, peer.port, peer.address);
    if (roundTripMs > 0) setTimeout(send, roundTripMs);
    else send();
  });
  return new Promise(resolve => {
    socket.bind(0, '127.0.0.1', () => resolve(socket.address().port));
  });
});

// The embedded receiver: what it replies, and what it counts.

import {describe, expect, it} from 'vitest';
import {linesOf} from '../../bench/receivers/line.ts';
import {type Offers, SmtpExchange} from '../../bench/receivers/smtp-exchange.ts';

function exchangeOf(offers: Partial<Offers> = {}) {
  const replies: string[] = [];
  const taken: string[] = [];
  const exchange = new SmtpExchange({
    offers: {chunking: true, starttls: false, ...offers},
    taken: recipient => taken.push(recipient),
    write: text => replies.push(...text.split('\r\n').filter(line => line !== '')),
    secure: () => {},
    end: () => {},
  });
  const say = (text: string) => {
    replies.length = 0;
    exchange.read(Buffer.from(text));
    return replies.map(reply => reply.slice(0, 3)).join(' ');
  };
  return {say, taken, replies};
}

const envelope = (recipient: string) => `MAIL FROM:<a@example.com>\r\nRCPT TO:<${recipient}>\r\n`;

describe('the embedded receiver', () => {
  it('takes texts by BDAT and by DATA, whatever stands in them and however they are cut', () => {
    const text = 'Subject: x\r\n\r\nQUIT\r\n..\r\nBDAT 5 LAST\r\n';
    const all = `${envelope('b@x.example')}BDAT ${text.length} LAST\r\n${text}${envelope('c@x.example')}DATA\r\n${text}.\r\nNOOP\r\n`;
    const whole = exchangeOf();
    expect(whole.say(all)).toBe('250 250 250 250 250 354 250 250');
    const cut = exchangeOf();
    const replies = [...all].map(letter => cut.say(letter)).filter(reply => reply !== '');
    expect(replies.join(' ')).toBe('250 250 250 250 250 354 250 250');
    for (const {taken} of [whole, cut]) expect(taken).toEqual(['b@x.example', 'c@x.example']);
  });

  it('discards the chunks of a message that it has not agreed to, and counts nothing', () => {
    const {say, taken} = exchangeOf();
    expect(say('BDAT 0 LAST\r\n')).toBe('503');
    expect(say(`${envelope('later-1@x.example')}BDAT 6 LAST\r\nQUIT\r\nRSET\r\n`)).toBe('250 450 503 250');
    expect(say('DATA\r\n')).toBe('503');
    expect(taken).toEqual([]);
  });

  it('knows no BDAT where it does not offer CHUNKING', () => {
    const {say, replies} = exchangeOf({chunking: false});
    say('EHLO client.example\r\n');
    expect(replies).not.toContain('250-CHUNKING');
    expect(say('BDAT 0 LAST\r\n')).toBe('500');
  });
});

describe('the lines', () => {
  it('have the embedded receiver take by DATA where smtp-sink is not wanted', () => {
    const wanted = {
      receivers: ['embedded'],
      transfers: ['chunking', 'data'],
      securities: ['plain', 'starttls'],
    } as const;
    expect(linesOf(wanted).map(({transfer, security}) => `${transfer} ${security}`)).toEqual([
      'chunking plain',
      'data plain',
      'chunking starttls',
    ]);
  });
});

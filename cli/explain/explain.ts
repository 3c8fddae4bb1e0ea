// `relayq explain`: where a message would go now, and why. Nothing is sent, nothing is written, and no server of mail is
// connected to.

import type {Act, AddCommand} from '../command/command.ts';
import {paintOf} from '../terminal/paint.ts';
import {printable} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {documentOf, explainedOf} from './explanation.ts';
import {explanationLines} from './explanation-text.ts';
import {type Subject, subjectOf} from './subject.ts';

interface ExplainOptions {
  readonly message?: string;
}

export const explain: AddCommand = (program, acting) =>
  void program
    .command('explain')
    .summary('where a message would go now, and why')
    .description(
      'Tells where a message would go now, and why, by the code of the functions. No mail is sent, and no mail ' +
        'server is connected to. Exit status 1 where something stands in its way.',
    )
    .argument('[recipient]', 'an address, or a domain')
    .option('--message <file>', 'a message as JSON or .eml, with what it says itself; - for stdin')
    .action(acting(explainOne));

const explainOne: Act<[string | undefined, ExplainOptions]> = async (context, who, {message: file}) => {
  const subject = await subjectOf(who, file);
  const {terminal, json, stage, local} = context;
  const explained = await explainedOf(subject, context);
  const {steps, verdict, nowMs} = explained;
  if (json) terminal.say(JSON.stringify(documentOf(explained, stage)));
  else {
    const paint = paintOf(terminal.hasColours);
    terminal.say(`${paint(`relayq ${stage}`, 'bold')}  ${timeText(nowMs, local)}  ${titleOf(subject)}`);
    terminal.say('');
    const {columns} = terminal;
    for (const line of explanationLines(steps, verdict, {columns, paint})) terminal.say(line);
  }
  return verdict.goes ? 0 : 1;
};

function titleOf({message, isDomain}: Subject): string {
  const recipient = printable(typeof message.recipient === 'string' ? message.recipient : 'no recipient');
  return isDomain ? recipient.slice(recipient.indexOf('@') + 1) : recipient;
}

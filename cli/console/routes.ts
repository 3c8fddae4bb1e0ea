// What the console answers: a list of endpoints. Where two fit, the first one counts.

import {deadLetter, deadLetters, dropLetters, redriveLetters} from './endpoints/dead-letters.ts';
import {explainMessage, explainRecipient} from './endpoints/explain.ts';
import {holds, previewHold} from './endpoints/holds.ts';
import {mailHtml, mailList, mailPart, mailSource, oneMail} from './endpoints/mail.ts';
import {overview} from './endpoints/overview.ts';
import {search} from './endpoints/search.ts';
import {send} from './endpoints/send.ts';
import {series} from './endpoints/series.ts';
import {session} from './endpoints/session.ts';
import {changeSettings, inForce, settings} from './endpoints/settings.ts';
import {addSuppression, removeSuppressions, suppressions} from './endpoints/suppressions.ts';
import {paidTrace, trace} from './endpoints/trace.ts';
import type {Route} from './visit.ts';

export const routes: readonly Route[] = [
  session,
  overview,
  explainRecipient,
  explainMessage,
  trace,
  paidTrace,
  search,
  settings,
  changeSettings,
  inForce,
  holds,
  previewHold,
  suppressions,
  addSuppression,
  removeSuppressions,
  deadLetters,
  redriveLetters,
  dropLetters,
  deadLetter,
  send,
  mailList,
  oneMail,
  mailHtml,
  mailSource,
  mailPart,
  series,
];

// The commands, in the order of the help.

import {adopt} from './adopt/adopt.ts';
import type {AddCommand} from './command/command.ts';
import {completion} from './completion/completion.ts';
import {browserConsole} from './console/console.ts';
import {deadLetters} from './dead-letters/dead-letters.ts';
import {dkim} from './dkim/dkim.ts';
import {explain} from './explain/explain.ts';
import {preflight} from './preflight/preflight.ts';
import {send} from './send/send.ts';
import {set, settings, unset} from './settings/settings.ts';
import {smoke} from './smoke/smoke.ts';
import {status, top} from './status/status.ts';
import {hold} from './steering/hold.ts';
import {cancel, pause, resume} from './steering/steer.ts';
import {suppress} from './suppress/suppress.ts';
import {tail} from './tail/tail.ts';
import {trace} from './trace/trace.ts';

export const commands: readonly AddCommand[] = [
  status,
  top,
  explain,
  trace,
  settings,
  set,
  unset,
  pause,
  resume,
  cancel,
  hold,
  deadLetters,
  dkim,
  suppress,
  adopt,
  send,
  preflight,
  tail,
  smoke,
  browserConsole,
  completion,
];

// What to type next, for the stage that this was typed for.

import {localStage} from '../../shared/names.ts';
import type {Context} from '../command/context.ts';

export const nextCommand = ({stage}: Pick<Context, 'stage'>, words: string): string =>
  `relayq ${words}${stage === localStage ? '' : ` --stage ${stage}`}`;

// The text steps that a new message goes through, in their order: what is signed comes last.

import {addHeaders} from './add-headers.ts';
import {changeHeaders} from './change-headers.ts';
import {compose} from './compose.ts';
import type {TextSteps} from './read-message.ts';
import {sevenBit} from './seven-bit.ts';
import {signable} from './signable.ts';

export const textSteps: TextSteps = [compose, changeHeaders, addHeaders, sevenBit, signable];

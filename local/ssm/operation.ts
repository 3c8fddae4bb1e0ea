// What an operation is: a request's parameters in, the members of its answer out.

import type {Input} from '../endpoint/input.ts';
import type {Ssm} from './ssm.ts';

export type Operation = (ssm: Ssm, input: Input) => Record<string, unknown>;

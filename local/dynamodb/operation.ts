// What an operation is: a request's parameters in, the members of its answer out.

import type {Input} from '../endpoint/input.ts';
import type {Tables} from './tables.ts';

export type Operation = (tables: Tables, input: Input) => Record<string, unknown>;

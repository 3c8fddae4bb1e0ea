// Changes of settings that the page has made, and what the functions have said of them since.

import {awsProblemOf} from '../aws/aws-problem.ts';
import type {Context} from '../command/context.ts';
import {NotFound} from '../command/problems.ts';
import {type InForce, InForceWatch} from '../settings/in-force.ts';
import type {Versions} from '../settings/write-parameters.ts';

interface Watched {
  readonly watch: InForceWatch;
  readonly versions: Versions;
  readonly notes: readonly string[];
  looking: Promise<InForce> | undefined;
}

/** A watch that has begun before anything is written, with what it tells. */
export interface BegunWatch {
  readonly watch: InForceWatch;
  readonly notes: readonly string[];
}

/** Who has more changes than these does not look at the first ones any more. */
const mostWatched = 20;

export class ChangeWatches {
  readonly #contextWith: (notes: string[]) => Context;
  readonly #watched = new Map<string, Watched>();

  /** @param contextWith of something that outlasts a request */
  constructor(contextWith: (notes: string[]) => Context) {
    this.#contextWith = contextWith;
  }

  /** @returns in words why nothing will be known, where the logs cannot be read */
  async begin(): Promise<BegunWatch | string> {
    const notes: string[] = [];
    const watch = new InForceWatch(this.#contextWith(notes));
    try {
      await watch.begin();
      return {watch, notes};
    } catch (error) {
      return `the logs cannot be read, so it is not known when it is in force: ${awsProblemOf(error as Error)}`;
    }
  }

  keep({watch, notes}: BegunWatch, versions: Versions): void {
    this.#watched.set(keyOf(versions), {watch, versions, notes, looking: undefined});
    const [oldest] = this.#watched.keys();
    if (this.#watched.size > mostWatched) this.#watched.delete(oldest!);
  }

  /** @throws NotFound for what was not changed here */
  async look(versions: Versions) {
    const watched = this.#watched.get(keyOf(versions));
    if (watched === undefined) throw new NotFound('this console has not made that change');
    const {watch, notes} = watched;
    // Two looks at once would read the same lines.
    watched.looking ??= watch.look(watched.versions).finally(() => {
      watched.looking = undefined;
    });
    const inForce = await watched.looking;
    const done = watch.doneIn(watched.versions);
    const functions = watch.functions.map(name => ({name, isInForce: done.includes(name)}));
    return {inForce, isInForce: inForce === 'yes', functions, told: [...new Set(notes)]};
  }
}

const keyOf = (versions: Versions): string =>
  [...versions]
    .map(([name, version]) => `${name}=${version ?? ''}`)
    .sort()
    .join('&');

// Who may come in, and where a request goes: to the page, to what lets a browser in, or to an endpoint.

import type {IncomingMessage} from 'node:http';
import {timeText} from '../terminal/time.ts';
import {ConsoleProblem, problemReply} from './console-problem.ts';
import type {ConsoleState} from './console-state.ts';
import type {Keys} from './keys.ts';
import type {PageFiles} from './page-files.ts';
import {jsonReply, type Reply} from './reply.ts';
import {readBody} from './request-body.ts';
import {routes} from './routes.ts';
import {orAborted, SharedAnswers} from './shared-answers.ts';
import {strangerProblemOf} from './stranger.ts';
import type {Route, Visit} from './visit.ts';

export interface FrontDoorParts {
  readonly state: ConsoleState;
  readonly keys: Keys;
  readonly page: PageFiles;
  readonly port: number;
  readonly now: () => number;
}

const usualMs = 30_000;

export class FrontDoor {
  readonly #parts: FrontDoorParts;
  readonly #answers: SharedAnswers;

  constructor(parts: FrontDoorParts) {
    this.#parts = parts;
    this.#answers = new SharedAnswers(parts.now);
  }

  /** @param signal aborted when the client is gone */
  async reply(request: IncomingMessage, signal: AbortSignal): Promise<Reply> {
    const {keys, page, port} = this.#parts;
    const {url = '', method = '', headers} = request;
    const stranger = strangerProblemOf(request, port);
    if (stranger !== undefined) throw new ConsoleProblem('denied', `refused: ${stranger}`);
    const {pathname: path, searchParams: query} = new URL(url, `http://127.0.0.1:${port}`);
    if (path === '/session') return this.#signIn(request);
    const isOfPage = !/^\/(?:api|mail)\//.test(path);
    if (isOfPage) return (await this.#ofPage(page, method, path)) ?? nothingHere();
    const isSignedIn = keys.isSignedIn(headers.cookie) && (isShown(path) || keys.isSecond(headers[second]));
    if (!isSignedIn)
      throw new ConsoleProblem('signed-out', 'open the address that relayq console has printed');
    const first = routes.find(each => each.path.test(path));
    if (first === undefined) return nothingHere();
    const those = routes.filter(each => each.path.source === first.path.source);
    const route = those.find(each => each.method === method);
    if (route === undefined) return wrongMethod(those);
    const params = route.path.exec(path)!.slice(1);
    if (route.method === 'POST')
      return this.#act(route, {query, params, body: await readBody(request)}, signal);
    const asked = {query, params, body: {}};
    return 'show' in route ? this.#show(route, asked, signal) : this.#look(route, path, {asked, signal});
  }

  async #signIn(request: IncomingMessage): Promise<Reply> {
    const {keys} = this.#parts;
    if (request.method !== 'POST') return wrongMethod([{method: 'POST'}]);
    const {token} = await readBody(request);
    if (!keys.isToken(token))
      throw new ConsoleProblem('signed-out', 'this address is not (or no longer) that of the console');
    return jsonReply(200, {version: 1, second: keys.second}, {'set-cookie': keys.setCookie});
  }

  async #ofPage(page: PageFiles, method: string, path: string): Promise<Reply | undefined> {
    return method === 'GET' ? page.reply(path) : wrongMethod([{method: 'GET'}]);
  }

  async #look(
    route: Extract<Route, {answer: unknown; method: 'GET'}>,
    path: string,
    {asked, signal}: {readonly asked: Asked; readonly signal: AbortSignal},
  ): Promise<Reply> {
    const document = await this.#answers.to(`${path}?${asked.query}`, {
      keptMs: route.keptMs ?? 0,
      withinMs: route.withinMs ?? usualMs,
      signal,
      ask: working => this.#documentOf(route, asked, working),
    });
    return jsonReply(200, document);
  }

  /** What is changed is changed to its end, whoever waits for it. */
  async #act(route: Extract<Route, {method: 'POST'}>, asked: Asked, signal: AbortSignal): Promise<Reply> {
    const late = AbortSignal.timeout(route.withinMs ?? usualMs);
    const work = this.#documentOf(route, asked, late).finally(() => this.#answers.forget());
    return jsonReply(200, await orAborted(work, AbortSignal.any([signal, late])));
  }

  async #show(route: Extract<Route, {show: unknown}>, asked: Asked, signal: AbortSignal): Promise<Reply> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(route.withinMs ?? usualMs)]);
    return orAborted(route.show(this.#visitOf(asked, within, [])), within);
  }

  async #documentOf(
    route: Extract<Route, {answer: unknown}>,
    asked: Asked,
    signal: AbortSignal,
  ): Promise<object> {
    const notes: string[] = [];
    const document = await route.answer(this.#visitOf(asked, signal, notes));
    const asOf = timeText(this.#parts.now(), false);
    return {version: 1, ...document, ...(notes.length > 0 && {notes}), asOf};
  }

  #visitOf(asked: Asked, signal: AbortSignal, notes: string[]): Visit {
    const {state} = this.#parts;
    // Looks are made by links and by themselves, and never cost what a person has not been told of.
    const maySpend = asked.body.spend === true;
    return {...asked, state, context: state.contextFor({signal, notes, maySpend})};
  }
}

type Asked = Pick<Visit, 'query' | 'params' | 'body'>;

/** A browser sends cookies to each port of a host, and so to each server of this machine; this value to ours alone. */
const second = 'x-relayq-second';

/** Frames and links send no header. What they show is for the eye. */
const isShown = (path: string): boolean => path.startsWith('/mail/');

const nothingHere = (): Reply => problemReply(new ConsoleProblem('not-found', 'nothing is here'));

function wrongMethod(routes: readonly {readonly method: string}[]): Reply {
  const allow = routes.map(({method}) => method).join(', ');
  return problemReply(new ConsoleProblem('invalid', `only ${allow}`, {}, 405), {allow});
}

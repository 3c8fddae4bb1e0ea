// The page of `relayq console`: it signs in with the token of its address, and shows one view after the other.

import {render} from 'preact';
import {App} from './app/app.tsx';
import {keepCopiedTimesUtc} from './app/copied-times.ts';
import {tokenIn} from './app/route.ts';
import {applyTheme} from './app/theme.ts';
import {ApiProblem, signIn} from './data/api.ts';

applyTheme();
keepCopiedTimesUtc();

const given = tokenIn(location.hash);
let problem: ApiProblem | undefined;
if (given !== undefined) {
  // Addresses are shared, and kept in histories: the token is in none of them.
  history.replaceState(null, '', given.rest);
  try {
    await signIn(given.token);
  } catch (error) {
    problem = error instanceof ApiProblem ? error : new ApiProblem('failed', String(error));
  }
}
render(<App problem={problem} />, document.getElementById('page')!);

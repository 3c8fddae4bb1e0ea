// What is wrong, first of all; and that nothing is, where nothing is.

import type {OverviewAnswer} from '../../data/documents.ts';
import {Remark, Shape} from '../../parts/badge.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {visible} from '../../text/visible.ts';
import {troublesOf} from './troubles.ts';

export function TroubleList({overview}: {readonly overview: OverviewAnswer}) {
  const troubles = troublesOf(overview);
  if (troubles.length === 0)
    return (
      <div class="all-well">
        <Remark tone="good">
          Nothing is wrong: no domain is stuck, no setting has a problem, and there are no dead letters.
        </Remark>
      </div>
    );
  return (
    <section class="troubles" aria-label="What is wrong">
      <ul>
        {troubles.map(({tone, text, quote, link, linkText}) => (
          <li key={text} class={tone}>
            <Shape tone={tone} />
            <span class="what">
              <Words text={text} />
            </span>
            <q title={quote && visible(quote)}>
              {quote !== undefined && <Verbatim text={quote} most={300} />}
            </q>
            <a href={link} aria-label={`${linkText}: ${visible(text)}`}>
              {linkText}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

// Messages: one, or all to somebody, with everything that happened to them; or the latest lines of the log that fit.

import type {ViewProps} from '../../app/route.ts';
import {CopyAs} from '../../parts/copy.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {Time} from '../../parts/time.tsx';
import {LineTable} from './line-table.tsx';
import {SearchForm} from './search-form.tsx';
import {TracePanel} from './trace-panel.tsx';
import {useLines} from './use-lines.ts';

/** As the log has it: addresses in lower case. */
const patternOf = (q: string): string => {
  const value = q.trim().replaceAll(/["\\]/g, '\\$&');
  return q.includes('@') ? `{ $.recipient = "${value.toLowerCase()}" }` : `{ $.id = "${value}" }`;
};

export function MessagesView({route}: ViewProps) {
  const {q = '', domain, fate, tag, minutes = '60', since} = route.query;
  const lines = useLines(q === '' ? {domain, fate, tag} : undefined, Number(minutes) || 60);
  return (
    <>
      <div class="view-head">
        <h1>Messages</h1>
        <p class="note">
          {q === '' ? 'The latest attempts and ends, from the log' : 'Everything that happened, from the log'}
        </p>
        <div class="buttons end">
          <CopyAs
            commands={({relayq, aws, stage}) =>
              q === ''
                ? [
                    relayq(
                      'tail',
                      ...(domain ? ['--domain', domain] : []),
                      ...(fate && fate !== 'held' ? ['--fate', fate] : []),
                      '--since',
                      `${minutes}m`,
                    ),
                    aws('logs', 'tail', `/aws/lambda/relayq-${stage}-deliver`, '--since', `${minutes}m`),
                  ]
                : [
                    relayq('trace', q, ...(since ? ['--since', since] : [])),
                    ...['route', 'deliver'].map(name =>
                      aws(
                        ...[
                          'logs',
                          'filter-log-events',
                          '--log-group-name',
                          `/aws/lambda/relayq-${stage}-${name}`,
                        ],
                        ...['--filter-pattern', patternOf(q)],
                      ),
                    ),
                  ]
            }
          />
        </div>
      </div>
      <SearchForm route={route} />
      {q === '' ? (
        <Panel
          title="Attempts and ends"
          source={
            <>
              <SourceOf of={lines} from="the functions’ logs" />
              {lines.data && (
                <>
                  ; searched since <Time time={lines.data.searchedSince} />
                  {lines.data.isCut && ', the newest alone are shown'}
                </>
              )}
            </>
          }
        >
          <Polling of={lines} lines={8}>
            {data => <LineTable lines={data.lines} />}
          </Polling>
        </Panel>
      ) : (
        <TracePanel route={route} q={q} since={since} />
      )}
    </>
  );
}

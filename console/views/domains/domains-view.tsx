// All active domains; with a smarthost, that is one row.

import type {ViewProps} from '../../app/route.ts';
import {linkTo} from '../../app/route.ts';
import {adjustQuery} from '../../app/use-route.ts';
import type {DomainRow, OverviewAnswer} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Choices} from '../../parts/choices.tsx';
import {CopyAs} from '../../parts/copy.tsx';
import {Empty} from '../../parts/notice.tsx';
import {Polling, SourceOf} from '../../parts/panel.tsx';
import {Time} from '../../parts/time.tsx';
import {countOf} from '../../text/numbers.ts';
import {DomainTable} from './domain-table.tsx';

const everyMs = 5000;
const states: readonly DomainRow['state'][] = ['down', 'slow', 'over its rate', 'waiting', 'working'];

const isStuck = ({state}: DomainRow): boolean => state !== 'working';

export function DomainsView({route}: ViewProps) {
  const overview = usePolled<OverviewAnswer>('/api/overview', everyMs);
  const {q = '', state = '', sort = 'state'} = route.query;
  const domains = overview.data?.domains ?? [];
  const found = domains.filter(row => fits(row, q));
  const shown = found.filter(row => state === '' || (state === 'stuck' ? isStuck(row) : row.state === state));
  const countIn = (each: string) => found.filter(row => row.state === each).length;
  return (
    <>
      <div class="view-head">
        <h1>Domains</h1>
        <p class="note">
          {overview.data?.countsSince && (
            <>
              Counted since <Time time={overview.data.countsSince} />;{' '}
            </>
          )}
          <SourceOf of={overview} from="log and receivers’ table" />
        </p>
        <div class="buttons end">
          <CopyAs
            commands={({relayq}) => [relayq('status', '--all'), relayq('status', '--json'), relayq('top')]}
          />
        </div>
      </div>
      <div class="filters">
        <input
          type="search"
          aria-label="Filter by name or reason"
          placeholder="Filter by name or reason"
          value={q}
          onInput={({currentTarget}) => adjustQuery(route, {q: currentTarget.value})}
        />
        <Choices
          label="State"
          value={state}
          options={[
            {value: '', text: 'All', count: found.length},
            {value: 'stuck', text: 'Stuck or slow', count: found.filter(isStuck).length},
            ...states
              .filter(each => countIn(each) > 0 || each === state)
              .map(each => ({
                value: each,
                text: each[0]!.toUpperCase() + each.slice(1),
                count: countIn(each),
              })),
          ]}
          onChoose={value => adjustQuery(route, {state: value})}
        />
        <span class="note end" role="status">
          {overview.data &&
            (shown.length === domains.length
              ? countOf(shown.length, 'domain')
              : `${shown.length} of ${countOf(domains.length, 'domain')}`)}
        </span>
      </div>
      <Polling of={overview} lines={10}>
        {({smarthost}) => (
          <>
            {smarthost !== null && (
              <p class="hint">
                All mail goes through the smarthost, so there is one queue for all domains:{' '}
                <a href={linkTo(['settings'], {q: 'smarthost'})}>its settings</a>.
              </p>
            )}
            {shown.length === 0 ? (
              <Nothing
                isFiltered={domains.length > 0}
                onClear={() => adjustQuery(route, {q: '', state: ''})}
              />
            ) : (
              <DomainTable rows={shown} sort={sort} onSort={next => adjustQuery(route, {sort: next})} />
            )}
          </>
        )}
      </Polling>
    </>
  );
}

const fits = ({receiver, lastError = '', limit = ''}: DomainRow, text: string): boolean =>
  `${receiver} ${lastError} ${limit}`.toLowerCase().includes(text.trim().toLowerCase());

const Nothing = ({isFiltered, onClear}: {readonly isFiltered: boolean; readonly onClear: () => void}) =>
  isFiltered ? (
    <Empty title="No domain fits">
      <button type="button" onClick={onClear}>
        Show all
      </button>
    </Empty>
  ) : (
    <Empty title="No domain is active">
      <p>
        There was no mail within the last hour, and none waits.{' '}
        <a href={linkTo(['send'])}>Send a test message</a> to see one.
      </p>
    </Empty>
  );

// Entries of the suppression list.

import type {Suppression} from '../../data/documents.ts';
import {Badge, type Tone} from '../../parts/badge.tsx';
import {type Column, DataTable} from '../../parts/data-table.tsx';
import {Time, Until} from '../../parts/time.tsx';
import {Verbatim} from '../../parts/words.tsx';

interface Props {
  readonly entries: readonly Suppression[];
  /** Undefined where nothing may be changed. */
  readonly onRemove: ((entry: Suppression) => void) | undefined;
}

const tones: Readonly<Record<Suppression['state'], Tone>> = {
  suppressed: 'bad',
  counted: 'warn',
  expired: 'calm',
};

export function SuppressionTable({entries, onRemove}: Props) {
  const remove = (entry: Suppression) =>
    onRemove && (
      <button
        type="button"
        class="quiet small"
        aria-label={`Remove ${entry.who}…`}
        onClick={() => onRemove(entry)}
      >
        Remove…
      </button>
    );
  const state = ({state: word}: Suppression) => <Badge word={word} tone={tones[word]} />;
  const reason = ({code, status, reason: text}: Suppression) => (
    <Verbatim text={[code, status, text].filter(Boolean).join(' ') || '–'} most={300} />
  );
  const columns: readonly Column<Suppression>[] = [
    {
      key: 'who',
      title: 'Who',
      width: 'minmax(12rem, 2fr)',
      cell: ({who}) => <Verbatim text={who} most={330} />,
    },
    {key: 'state', title: 'State', width: '8rem', cell: state},
    {key: 'since', title: 'Since', width: '11rem', cell: ({time}) => <Time time={time} />},
    {key: 'source', title: 'Source', width: '7rem', cell: ({source}) => <Verbatim text={source} most={64} />},
    {key: 'count', title: 'Bounces', width: '5rem', isNumber: true, cell: ({count}) => count},
    {
      key: 'expires',
      title: 'Expires',
      width: '7rem',
      cell: ({expires}) => (expires === undefined ? '–' : <Until time={expires} />),
    },
    {key: 'reason', title: 'Reason', width: 'minmax(10rem, 3fr)', cell: reason},
    ...(onRemove ? [{key: 'act', title: 'Act', width: '6rem', cell: remove}] : []),
  ];
  return (
    <DataTable
      label="Suppressed recipients"
      columns={columns}
      rows={entries}
      keyOf={({who}) => who}
      narrowHeight={96}
      narrow={entry => (
        <>
          <div>
            <b>
              <Verbatim text={entry.who} most={330} />
            </b>{' '}
            {state(entry)}
          </div>
          <div>{reason(entry)}</div>
          <div>
            <Verbatim text={entry.source} most={64} />, <Time time={entry.time} /> {remove(entry)}
          </div>
        </>
      )}
    />
  );
}

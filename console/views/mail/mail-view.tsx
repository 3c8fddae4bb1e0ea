// The mail that the local cloud's sink has taken, as a mail program shows it.

import type {ViewProps} from '../../app/route.ts';
import {linkTo} from '../../app/route.ts';
import {useSession} from '../../app/session.ts';
import {adjustQuery} from '../../app/use-route.ts';
import {queryOf} from '../../data/api.ts';
import type {MailAnswer, ReceivedMail} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {CopyAs} from '../../parts/copy.tsx';
import {useNarrow} from '../../parts/narrow.ts';
import {Empty} from '../../parts/notice.tsx';
import {Polling, SourceOf} from '../../parts/panel.tsx';
import {Time} from '../../parts/time.tsx';
import {Verbatim} from '../../parts/words.tsx';
import {countOf, sizeOf} from '../../text/numbers.ts';
import {MailReader} from './mail-reader.tsx';

const everyMs = 3000;
/** Nobody reads more in a list. */
const mostShown = 500;

export function MailView({route}: ViewProps) {
  const {q = ''} = route.query;
  const {endpointUrl} = useSession();
  const isNarrow = useNarrow();
  const list = usePolled<MailAnswer>(`/api/mail${queryOf({search: q})}`, everyMs);
  const number = route.path[1] === undefined ? undefined : Number(route.path[1]);
  const mail = (list.data?.mail ?? []).toSorted((a, b) => b.number - a.number);
  const isReading = number !== undefined;
  return (
    <>
      <div class="view-head">
        <h1>Received mail</h1>
        <p class="note">
          {list.data && `${countOf(mail.length, 'message')}; `}
          <SourceOf of={list} from="the local sink" />
        </p>
        <div class="buttons end">
          <CopyAs
            commands={() => [['curl', `${endpointUrl}/_relayq/mail${isReading ? `/${number}` : ''}`]]}
          />
        </div>
      </div>
      <div class={`mailbox ${isReading ? 'reading' : ''}`}>
        {!(isNarrow && isReading) && (
          <div class="mail-list">
            <input
              type="search"
              aria-label="Search received mail"
              placeholder="Search sender, recipient, subject"
              value={q}
              onInput={({currentTarget}) => adjustQuery(route, {q: currentTarget.value})}
            />
            <Polling of={list} lines={8}>
              {() =>
                mail.length === 0 ? (
                  <Empty title={q === '' ? 'No mail has come yet' : 'No mail fits'}>
                    {q === '' && (
                      <p>
                        <a href={linkTo(['send'])}>Send a test message</a>: as long as the sink is set, it
                        comes here.
                      </p>
                    )}
                  </Empty>
                ) : (
                  <ol>
                    {mail.slice(0, mostShown).map(each => (
                      <Item key={each.number} mail={each} q={q} isCurrent={each.number === number} />
                    ))}
                  </ol>
                )
              }
            </Polling>
          </div>
        )}
        {isReading ? (
          <MailReader
            key={number}
            route={route}
            number={number}
            mail={mail.find(each => each.number === number)}
          />
        ) : (
          !isNarrow && mail.length > 0 && <Empty title="Choose a message on the left" />
        )}
      </div>
    </>
  );
}

interface ItemProps {
  readonly mail: ReceivedMail;
  readonly q: string;
  readonly isCurrent: boolean;
}

const Item = ({mail: {number, received, from, to, subject, size}, q, isCurrent}: ItemProps) => (
  <li>
    <a href={linkTo(['mail', String(number)], {q})} aria-current={isCurrent ? 'true' : undefined}>
      <span class="line">
        <b>
          <Verbatim text={to.join(', ')} most={120} />
        </b>
        <Time time={received} />
      </span>
      <span class="line subject">
        {subject ? (
          <span>
            <Verbatim text={subject} most={160} />
          </span>
        ) : (
          <span class="zero">no subject</span>
        )}
      </span>
      <span class="line note">
        <span>
          from <Verbatim text={from || '<>'} most={100} />
        </span>
        <span>{sizeOf(size)}</span>
      </span>
    </a>
  </li>
);

import {describe, expect, it} from 'vitest';
import {withResultsTo} from '../../cli/send/await-results.ts';

describe('a message whose results are waited for', () => {
  it('has them sent to the queue, and all else as before', () => {
    const message = {recipient: 'a@example.org', queues: {failure: 'mine'}};
    expect(withResultsTo('q', 'id-1', {source: 'm', message}).message).toEqual({
      recipient: 'a@example.org',
      queues: {failure: 'mine', results: 'q'},
      'send-id': 'id-1',
    });
  });

  it.each([
    {queues: {results: 'mine'}},
    {queues: {results: null}},
    {mime: 'X-MQ-Results-Queue: mine\r\n\r\nbody'},
    {queues: 'mine'},
  ])('must not send them elsewhere: %j', message => {
    expect(() => withResultsTo('q', 'id-1', {source: 'm.json', message})).toThrow(
      /^m\.json: (?:sets|has) queues/,
    );
  });
});

import {describe, expect, test} from 'vitest';
import {FlightWindow, mostOctets, promptMs} from '../../../shared/smtp/flight-window.ts';
import {lateMs} from '../../../shared/smtp/patience.ts';

const wish = {octets: 10_000, most: 10, leftMs: 600_000};

/** Sends as many as there is room for, and has them answered after so long each. @returns how many left */
function fly(window: FlightWindow, replyMs: number, wanted = 100, more: Partial<typeof wish> = {}): number {
  let left = 0;
  while (left < wanted && window.hasRoom({...wish, ...more})) {
    window.left(more.octets ?? wish.octets, 0);
    left += 1;
  }
  for (let answered = 1; answered <= left; answered++) window.answered(answered * replyMs);
  return left;
}
const flights = (window: FlightWindow, count: number, replyMs = 50, more: Partial<typeof wish> = {}) =>
  Array.from({length: count}, () => fly(window, replyMs, 100, more));

describe('a flight', () => {
  test('has one message at first, twice as many each time, and no more than the capacity', () => {
    expect(flights(new FlightWindow(), 6)).toEqual([1, 2, 4, 8, 10, 10]);
    expect(flights(new FlightWindow(), 4, 50, {most: 4})).toEqual([1, 2, 4, 4]);
    expect(flights(new FlightWindow(), 3, 50, {most: 1})).toEqual([1, 1, 1]);
    expect(flights(new FlightWindow(), 9, 50, {most: 1000, leftMs: 10_000_000}).at(-1)).toBe(100);
  });

  test('does not grow where each message takes the server long', () => {
    expect(flights(new FlightWindow(), 4, promptMs)).toEqual([1, 2, 4, 8]);
    expect(flights(new FlightWindow(), 4, promptMs + 1)).toEqual([1, 1, 1, 1]);
  });

  test('is one message again after a reply that was not prompt', () => {
    const window = new FlightWindow();
    flights(window, 4);
    fly(window, promptMs + 1, 3);
    expect(flights(window, 3)).toEqual([1, 2, 4]);
  });

  test('holds a megabyte; a larger message goes alone', () => {
    const window = new FlightWindow();
    flights(window, 6);
    expect(fly(window, 50, 100, {octets: mostOctets / 4})).toBe(4);
    expect(fly(window, 50, 100, {octets: mostOctets / 4 + 1})).toBe(3);
    window.left(10, 0);
    expect(window.hasRoom({...wish, octets: mostOctets})).toBe(false);
    window.answered(1);
    expect(window.hasRoom({...wish, octets: 10 * mostOctets})).toBe(true);
  });

  test('has no more messages than there is time for late replies', () => {
    const window = new FlightWindow();
    flights(window, 6);
    expect(fly(window, 50, 100, {leftMs: 3 * lateMs})).toBe(4);
    expect(fly(window, 50, 100, {leftMs: lateMs - 1})).toBe(1);
  });

  test('goes on as soon as a reply has come', () => {
    const window = new FlightWindow();
    flights(window, 3);
    for (let n = 0; n < 8; n++) window.left(1, 0);
    expect(window.hasRoom(wish)).toBe(false);
    window.answered(1);
    expect(window.hasRoom(wish)).toBe(true);
    expect(window.unanswered).toBe(7);
  });
});

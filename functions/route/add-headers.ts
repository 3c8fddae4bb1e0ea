// The text step that adds a Date or a Message-ID to a text without one, where the settings say so.

import {missingFields} from '../../shared/message/missing-fields.ts';
import {withChange} from '../../shared/message/tracking.ts';
import {withFields} from '../../shared/mime/header-section.ts';
import type {TextStep} from './read-message.ts';

export const addHeaders: TextStep = (message, settings) => {
  const missing = settings.addHeaders.size === 0 ? [] : missingFields(message, settings);
  if (missing.length === 0) return {ok: true, message};
  const text = withFields(
    message.text,
    missing.map(({field}) => field),
  );
  const tracking = missing.reduce((sum, {name}) => withChange(sum, `${name}-added`), message.tracking);
  return {ok: true, message: {...message, text, tracking}};
};

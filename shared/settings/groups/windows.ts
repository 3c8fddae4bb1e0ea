// When mail of a domain may be delivered: the parameters below `windows/`; `default` is for every other domain.

import {type DeliveryWindow, parseWindow} from '../../message/delivery-window.ts';
import {wrong} from '../../parsed.ts';
import {parseHost} from '../../smtp/address.ts';
import type {PrefixGroup} from '../setting-group.ts';

export const windows: PrefixGroup<DeliveryWindow> = {
  prefix: 'windows/',
  keyOf: rest => {
    const host = parseHost(rest);
    return host.ok ? host : wrong('must end in default, or the name of a domain');
  },
  read: (reader, name) => reader.parsed(name, parseWindow),
};

// The views, in the order of the menu.

import type {ComponentType} from 'preact';
import {DeadLettersView} from '../views/dead-letters/dead-letters-view.tsx';
import {DomainView} from '../views/domains/domain-view.tsx';
import {DomainsView} from '../views/domains/domains-view.tsx';
import {HeldView} from '../views/held/held-view.tsx';
import {MailView} from '../views/mail/mail-view.tsx';
import {MessagesView} from '../views/messages/messages-view.tsx';
import {OverviewView} from '../views/overview/overview-view.tsx';
import {SendView} from '../views/send/send-view.tsx';
import {SettingsView} from '../views/settings/settings-view.tsx';
import {SuppressionView} from '../views/suppression/suppression-view.tsx';
import type {Route, ViewProps} from './route.ts';

interface View {
  readonly name: string;
  readonly title: string;
  readonly path: readonly string[];
  readonly titleOf: (route: Route) => string;
  readonly View: ComponentType<ViewProps>;
  /** There is nothing of it in AWS. */
  readonly isLocalOnly?: boolean;
}

const entry = (name: string, title: string, View: ComponentType<ViewProps>): View => ({
  name,
  title,
  path: name === 'overview' ? [] : [name],
  titleOf: ({path}) => (path[1] === undefined ? title : `${path[1]} – ${title}`),
  View,
});

export const views: readonly View[] = [
  entry('overview', 'Overview', OverviewView),
  entry('domains', 'Domains', ({route}) =>
    route.path[1] === undefined ? <DomainsView route={route} /> : <DomainView route={route} />,
  ),
  entry('messages', 'Messages', MessagesView),
  entry('settings', 'Settings', SettingsView),
  entry('held', 'Held', HeldView),
  entry('suppression', 'Suppression', SuppressionView),
  entry('dead-letters', 'Dead letters', DeadLettersView),
  entry('send', 'Send a test', SendView),
  {...entry('mail', 'Received mail', MailView), isLocalOnly: true},
];

export const viewOf = ({path}: Route): View => views.find(({name}) => name === path[0]) ?? views[0]!;

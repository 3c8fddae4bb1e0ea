// The address of a view: a path and its parameters, behind the # of the page's address. What a link shows, others see too.

export interface Route {
  /** `['domains', 'example.org']` */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** What each view is given. */
export interface ViewProps {
  readonly route: Route;
}

/** The token that the command prints stands alone behind the #, or in front of a path. */
const tokenForm = /^#([A-Za-z0-9_-]{16,})(\/.*)?$/;

export function tokenIn(hash: string): {readonly token: string; readonly rest: string} | undefined {
  const [, token, rest = '/'] = tokenForm.exec(hash) ?? [];
  return token === undefined ? undefined : {token, rest: `#${rest}`};
}

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s, 2);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A link to a view. What is undefined or empty is left out. */
export function linkTo(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  const text = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

// Bundles a function: `node package/function-bundle.ts FOLDER OUTPUT-FILE`. One file, as small as a cold start wants it.

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {build, type Plugin} from 'esbuild';
import {bundleOptions} from './bundle-options.ts';

const root = join(import.meta.dirname, '..');

/** The error of AWS that the functions tell from others by its class; others they know by their names. */
const wanted = 'ConditionalCheckFailedException';

/**
 * The schemas of a client say what esbuild would need to know to leave out those that nobody uses.
 * - Each error of the service has a class that is registered: an eighth of the code that a cold start reads and runs. An error
 *   without a class of its own is of the service's general class, with its name, message and status.
 * - Names of properties are constants: `{[_xN]: …}`. As far as esbuild knows, to evaluate that may do something.
 */
const lightSchemas: Plugin = {
  name: 'light schemas',
  setup({onLoad}) {
    onLoad({filter: /client-[\w-]+[/\\]dist-es[/\\]schemas[/\\]schemas_0\.js$/}, async ({path}) => {
      const code = await readFile(path, 'utf8');
      const names = new Map(
        [...code.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name, value]) => [name, value]),
      );
      const registered =
        /^export (?:var|const) (\w+)\$ = \[-3, n0,[^;]*?^\];\nn0_registry\.registerError\(\1\$, \1\);\n/gm;
      const withoutErrors = code.replaceAll(registered, (whole, name) => (name === wanted ? whole : ''));
      const contents = withoutErrors.replaceAll(/\[(_\w+)\]:/g, (_, name) => `${names.get(name)}:`);
      if (withoutErrors === code || names.size === 0 || contents.includes('undefined:'))
        throw new Error(`${path} is not written as it was known to be`);
      return {contents, loader: 'js'};
    });
  },
};

/** Clients ask their package for its version, and get all of it. */
const versionsAlone: Plugin = {
  name: 'versions alone',
  setup({onLoad}) {
    onLoad({filter: /client-[\w-]+[/\\]package\.json$/}, async ({path}) => {
      const {version} = JSON.parse(await readFile(path, 'utf8'));
      return {contents: JSON.stringify({version}), loader: 'json'};
    });
  },
};

/** Loaded where an operation has an event stream. Of those that the functions call none has. */
const noEventStreams: Plugin = {
  name: 'no event streams',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^@smithy\/core\/event-streams$/}, ({path}) => ({path, namespace: 'left-out'}));
    onLoad({filter: /./, namespace: 'left-out'}, ({path}) => ({
      contents: `throw new Error('${path} is not in the bundle');`,
    }));
  },
};

const [folder, outfile] = process.argv.slice(2);
if (folder === undefined || outfile === undefined) throw new Error('a folder and a file are wanted');
await build({
  absWorkingDir: root,
  entryPoints: [`functions/${folder}/handler.ts`],
  outfile,
  ...bundleOptions,
  alias: {
    '@aws-sdk/credential-provider-node': join(root, 'functions/runtime/environment-credentials.ts'),
  },
  plugins: [lightSchemas, versionsAlone, noEventStreams],
  logLevel: 'warning',
});

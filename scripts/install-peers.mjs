// Installs bench/peers/ and checks that what is native in it loads. npm runs on the pinned Node, whichever Node npm came
// with: optional packages that want a newer one than runs npm are left out without a word.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PEERS = join(ROOT, 'bench/peers');

const pinned = join(ROOT, 'node_modules/node/bin/node');
const node = existsSync(pinned) ? pinned : process.execPath;

// Not `ci`: it refuses a lock that lacks the native part of some other platform.
run([npmCli(), 'install', '--no-save', '--no-audit', '--no-fund'], 'npm install failed in bench/peers');
for (const name of ['nodejs-polars', 'papaparse', 'udsv'])
  run(['--eval', `require('${name}')`], `${name} was installed, but does not load`);
console.log('peers: nodejs-polars, papaparse and udsv are installed and load');

/** The program of npm: the one that runs this script, or the one on the path. */
function npmCli() {
  const running = process.env.npm_execpath;
  if (running?.endsWith('npm-cli.js')) return running;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const npm = join(folder, 'npm');
    if (!existsSync(npm)) continue;
    const found = [realpathSync(npm), join(dirname(realpathSync(npm)), 'node_modules/npm/bin/npm-cli.js')];
    const cli = found.find((path) => path.endsWith('npm-cli.js') && existsSync(path));
    if (cli) return cli;
  }
  return fail('there is no npm on the path');
}

function run(args, complaint) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const { status } = spawnSync(node, args, { cwd: PEERS, stdio: 'inherit', env });
  if (status !== 0) fail(complaint);
}

function fail(complaint) {
  console.error(`peers:install: ${complaint}`);
  process.exit(1);
}

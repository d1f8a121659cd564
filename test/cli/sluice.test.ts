import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SLUICE = fileURLToPath(new URL('../../cli/sluice.ts', import.meta.url));

let folder: string;
let table: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  await writeFile(join(folder, 't.csv'), 'k,v\na,1\n"b,c",2\n');
  table = `t=${join(folder, 't.csv')}`;
});

afterAll(() => rm(folder, { recursive: true }));

async function sluice(...args: string[]) {
  const child = spawn(process.execPath, [SLUICE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map(async (stream) => Buffer.concat(await Array.fromAsync(stream)).toString()),
  );
  if (child.exitCode === null) await once(child, 'exit');
  return { status: child.exitCode, stdout: stdout ?? '', stderr: stderr ?? '' };
}

describe('sluice query', { timeout: 30_000 }, () => {
  it('writes exact csv to stdout, and the statistics as the last line of stderr', async () => {
    const args = ['-t', table, '--format', 'csv', '--lane', 'js', '--threads', '1', '--repeat', '2', '--stats'];
    const { status, stdout, stderr } = await sluice('query', ...args, 'SELECT k, v FROM t WHERE v > 1');
    expect([status, stdout]).toEqual([0, 'k,v\n"b,c",2\n']);
    const statistics = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(statistics).toMatchObject({
      lane: 'js',
      threads: 1,
      rowsScanned: 2,
      rowsReturned: 1,
      tasks: { total: 1, pruned: 0 },
    });
    expect(statistics.ms).toHaveLength(2);
  });

  it.each([
    ['a missing file', ['-t', 't=/no/such.csv', 'SELECT k FROM t'], 'there is no such file'],
    ['an unknown column', ['-t', 'TABLE', 'SELECT nope FROM t'], 'nope'],
    ['a type error', ['-t', 'TABLE', 'SELECT k + 1 FROM t'], '+'],
    ['a gateway that is not there', ['--gateway', 'http://127.0.0.1:1', 'SELECT 1 FROM t'], 'does not answer'],
  ])('answers %s with a sentence and status 1, without a stack', async (_what, args, part) => {
    const { status, stdout, stderr } = await sluice('query', ...args.map((arg) => (arg === 'TABLE' ? table : arg)));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    [['query']],
    [['query', '--lane', 'gpu', 'SELECT 1']],
    [['query', '--format', 'xml', 'x']],
    [['node']],
    [['gateway', '--node', 'u']],
    [['fly']],
    [[]],
  ])('takes %j for wrong usage: status 2', async (args) => expect((await sluice(...args)).status).toBe(2));
});

describe('a server', { timeout: 30_000 }, () => {
  async function start(...args: string[]) {
    const child = spawn(process.execPath, [SLUICE, ...args, '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(String(line))?.[1] ?? '';
    const stop = async () => {
      child.kill('SIGTERM');
      return (await once(child, 'exit'))[0];
    };
    return { url, stop };
  }

  it('says where it listens, answers, refuses a port in use, and ends with status 0 on SIGTERM', async () => {
    const node = await start('node', '--data', folder, '--cores', '1');
    const gateway = await start('gateway', '--node', node.url);
    const { stdout } = await sluice(
      'query',
      '--gateway',
      gateway.url,
      '--lane',
      'js',
      '--format',
      'csv',
      'SELECT sum(v) AS s FROM t',
    );
    expect(stdout).toBe('s\n3\n');
    const second = await sluice('node', '--data', folder, '--listen', node.url.slice('http://'.length));
    expect([second.status, second.stderr]).toEqual([1, expect.stringContaining('in use')]);
    expect(await gateway.stop()).toBe(0);
    expect(await node.stop()).toBe(0);
  });
});

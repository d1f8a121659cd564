import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const HARNESS = fileURLToPath(new URL('fake/harness.ts', import.meta.url));
const SLUICE = fileURLToPath(new URL('../../cli/sluice.ts', import.meta.url));

/** Reads what a process writes until it matches; with all that was read. */
async function until(stream: Readable, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (pattern.test(text)) return text;
  }
  throw new Error(`it ended with: ${text}`);
}

/** Whether a process lives, or with a negative id, any of its group. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Dead processes take a moment to be collected. */
async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && lives(pid); i++) await sleep(50);
  return !lives(pid);
}

describe('servers of the harness', () => {
  it.each(['throw', 'exit', 'killed'])('end when the harness does: %s', async (end) => {
    const harness = spawn(process.execPath, [HARNESS, end]);
    const server = Number(await until(harness.stdout, /\d+\n/));
    expect(server).toBeGreaterThan(0);
    const exit = once(harness, 'exit');
    if (end === 'killed') harness.kill('SIGKILL');
    const [status] = await exit;
    expect(status).not.toBe(0);
    expect(await gone(server)).toBe(true);
  });
});

describe('an interrupted run', () => {
  let folder = '';
  let bench: ChildProcess | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-interrupt-'));
  });
  afterAll(async () => {
    bench?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('keeps what it measured, draws it, and leaves no process behind', async () => {
    const only = ['--set', 'query=q6,q1', '--set', 'format=csv', '--set', 'lane=wasm,js', '--cores', '1'];
    const args = [SLUICE, 'bench', 'scan-throughput', '--smoke', ...only, '--out', folder];
    // In a group of its own, which must be empty afterwards.
    bench = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    const said = until(bench.stderr!, /go on|goes on/);
    bench.stderr!.on('data', (chunk) => {
      if (String(chunk).includes('scan-throughput 1/2')) bench!.kill('SIGINT');
    });
    expect(await said).toContain('interrupted');
    const [status] = bench.exitCode === null ? await once(bench, 'exit') : [bench.exitCode];
    expect(status).toBe(1);
    expect(await gone(-bench.pid!)).toBe(true);
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    expect(manifest.finished).toBeNull();
    expect(manifest.contests.length).toBeGreaterThan(0);
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('<svg');
  }, 60_000);
});

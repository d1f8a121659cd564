import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../query/error.ts';
import { adopt } from './adopt.ts';
import { runArguments } from './container-arguments.ts';
import { command, findEngine, findImage } from './container-engine.ts';
import type { Place } from './place.ts';
import { shellWords } from './shell-words.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const REMOVE_MS = 20_000;

/**
 * Containers of one image, in which this very Node runs this very checkout: both are mounted at their own paths, so
 * that code and Node are the same bytes inside and outside, and nothing has to be built. The image brings no more than
 * an operating system.
 */
export class Containers {
  /** Engine, image and Node, in words. */
  readonly description: string;
  readonly #engine: string;
  readonly #image: string;
  readonly #mounts: readonly string[];
  readonly #extra: readonly string[];
  /** Names of containers that may still be there. */
  readonly #living = new Set<string>();
  readonly #removeAll = () => {
    if (this.#living.size > 0)
      spawnSync(this.#engine, ['rm', '-f', ...this.#living], { stdio: 'ignore', timeout: REMOVE_MS });
  };

  private constructor(
    engine: string,
    image: string,
    mounts: readonly string[],
    extra: readonly string[],
    description: string,
  ) {
    this.#engine = engine;
    this.#image = image;
    this.#mounts = mounts;
    this.#extra = extra;
    this.description = description;
    process.on('exit', this.#removeAll);
  }

  /**
   * Finds engine and image, and tries whether this Node runs in it. SLUICE_CONTAINER_IMAGE takes the place of `image`;
   * the words of SLUICE_CONTAINER_ARGS go to the engine's `run`.
   * @param data Folders that processes read besides the checkout.
   * @throws SluiceError `not-found` without an engine, `unreachable` without an image, `unsupported` when Node is not the
   * same inside; `bad-request` for wrong variables.
   */
  static async open(image: string, data: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Containers> {
    const extra = shellWords(env.SLUICE_CONTAINER_ARGS ?? '');
    const name = env.SLUICE_CONTAINER_IMAGE || image;
    const engine = await findEngine(env);
    const id = await findImage(engine, name);
    // A link leads to the same place inside: `data` is often one, to a larger disk.
    const paths = [CHECKOUT, join(CHECKOUT, 'node_modules'), process.execPath, ...data];
    const mounts = paths.flatMap((path) => [path, realpathSync(path)]);
    const version = await command(engine, ['--version']);
    const description = `${version}, image ${name} (${id}), Node ${process.version} of the harness on both sides`;
    const containers = new Containers(engine, name, mounts, extra, description);
    try {
      await containers.#checkNode();
      return containers;
    } catch (error) {
      await containers.close();
      throw error;
    }
  }

  /** @param cpus A hard limit, in cores. Without: none. */
  place(cpus?: number): Place {
    return {
      start: (args, env = {}) => {
        const name = `sluice-bench-${randomUUID()}`;
        const child = adopt(spawn(this.#engine, this.#arguments(name, args, env, cpus)));
        child.stdin.on('error', () => {});
        this.#living.add(name);
        child.once('exit', (status) => {
          // Killed before it could say so, the client may have left the container behind.
          if (status !== null) this.#living.delete(name);
        });
        return { child, pid: () => this.#pidOf(name, args) };
      },
    };
  }

  /** Removes what is left of containers, running or not. */
  async close(): Promise<void> {
    process.off('exit', this.#removeAll);
    if (this.#living.size > 0) await command(this.#engine, ['rm', '-f', ...this.#living]).catch(() => {});
    this.#living.clear();
  }

  #arguments(
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cpus: number | undefined,
  ): string[] {
    return runArguments({
      name,
      image: this.#image,
      mounts: this.#mounts,
      env,
      extra: this.#extra,
      ...(cpus !== undefined && { cpus }),
      command: [process.execPath, ...args],
    });
  }

  async #checkNode(): Promise<void> {
    const name = `sluice-bench-${randomUUID()}`;
    const inside = await command(this.#engine, this.#arguments(name, ['-p', 'process.version'], {}, undefined)).catch(
      (error: Error) => {
        throw new SluiceError('unsupported', `the harness's Node does not run in ${this.#image}: ${error.message}`);
      },
    );
    if (inside !== process.version)
      throw new SluiceError('unsupported', `Node is ${inside} in ${this.#image}, ${process.version} outside`);
  }

  /** Engines tell the id that the process has where they run, which may be a virtual machine: it is looked up here. */
  async #pidOf(name: string, args: readonly string[]): Promise<number> {
    const told = await command(this.#engine, ['inspect', '--format', '{{.State.Pid}}', name]).catch(() => '0');
    const expected = [process.execPath, ...args].map((word) => `${word}\0`).join('');
    try {
      return readFileSync(`/proc/${told}/cmdline`, 'utf8') === expected ? Number(told) : 0;
    } catch {
      return 0;
    }
  }
}

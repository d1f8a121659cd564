import { sep } from 'node:path';

/** What a container is run with. */
export interface ContainerSettings {
  readonly name: string;
  readonly image: string;
  /** Paths that are the same inside, where they can only be read. */
  readonly mounts: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of the engine's `run`, after all others, so that they count. */
  readonly extra: readonly string[];
  /** A hard limit, in cores: 0.5 is half of one. */
  readonly cpus?: number;
  /** The program and its arguments; the image's own entry point is passed by. */
  readonly command: readonly [string, ...string[]];
}

/**
 * The arguments with which Docker and Podman run a container whose standard streams are pipes, and which they remove
 * when it has ended. It has no network of its own, but the machine's.
 */
export function runArguments(settings: ContainerSettings): string[] {
  const { name, image, mounts, env, extra, cpus, command } = settings;
  const [program, ...args] = command;
  return [
    ...['run', '--rm', '-i', '--name', name, '--network', 'host'],
    ...withoutNested(mounts).flatMap((path) => ['--mount', `type=bind,source=${path},target=${path},readonly`]),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...(cpus === undefined ? [] : ['--cpus', String(cpus)]),
    ...extra,
    ...['--entrypoint', program, image, ...args],
  ];
}

/** Paths in their order, less those that lie within others. */
function withoutNested(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => !paths.some((other) => other !== path && path.startsWith(other + sep)));
}

import { type ExecFileException, execFile } from 'node:child_process';
import { SluiceError } from '../../query/error.ts';

const ENGINES = ['docker', 'podman'];
const ANSWER_MS = 20_000;
const PULL_MS = 120_000;

/** Runs a command to its end and gives what it printed. @throws SluiceError `unreachable` with what it complained of. */
export async function command(program: string, args: readonly string[], timeout = ANSWER_MS): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout, killSignal: 'SIGKILL' }, (error: ExecFileException | null, stdout, stderr) => {
      if (!error) return resolve(stdout.trim());
      const why = error.killed ? `no answer within ${timeout / 1000} s` : stderr.trim() || error.message;
      reject(new SluiceError('unreachable', `${program} ${args[0]}: ${why}`));
    });
  });
}

/**
 * The program that runs containers: SLUICE_CONTAINER_ENGINE, else Docker or Podman, whichever answers `info` first.
 * @throws SluiceError `not-found`.
 */
export async function findEngine(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const wanted = env.SLUICE_CONTAINER_ENGINE;
  const engines = wanted ? [wanted] : ENGINES;
  for (const engine of engines) {
    const answers = await command(engine, ['info']).then(
      () => true,
      () => false,
    );
    if (answers) return engine;
  }
  throw new SluiceError('not-found', `no engine: ${engines.join(' and ')} do not answer "info"`);
}

/**
 * The id of an image, which is a hash of its content, after it was pulled if need be.
 * @throws SluiceError `unreachable` when it is neither there nor can be pulled within two minutes.
 */
export async function findImage(engine: string, image: string): Promise<string> {
  const find = () => command(engine, ['image', 'inspect', '--format', '{{.Id}}', image]);
  return find().catch(async () => {
    await command(engine, ['pull', image], PULL_MS);
    return find();
  });
}

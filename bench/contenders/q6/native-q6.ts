import { SluiceError } from '../../../query/error.ts';
import { compilerVersion, NativeProgram } from '../../engines/native-program.ts';
import type { Contender } from '../contender.ts';
import { q6Contender } from './q6-scan.ts';

/**
 * The scan of Q6 in C, a program of its own.
 * @throws SluiceError `not-found` when there is no C compiler.
 */
export async function openNativeQ6(threads: number): Promise<Contender> {
  if ((await compilerVersion()) === undefined) throw new SluiceError('not-found', 'there is no C compiler (cc)');
  const program = await NativeProgram.start('q6');
  return q6Contender(
    {
      pids: [program.pid],
      async scan(path, ranges) {
        const answer = await program.ask([path, ...ranges.flatMap(({ from, to }) => [from, to])].join('\t'));
        const [outcome, first = '', second = ''] = answer.split('\t');
        if (outcome === 'failed') throw new SluiceError('internal', `${path}: ${first}`);
        if (outcome === 'refused') return [{ refused: Number(first) }];
        return [{ revenue: BigInt(first), count: BigInt(second) }];
      },
      close: () => program.close(),
    },
    threads,
  );
}

import { expect, it } from 'vitest';
import { firstDifference } from '../../../bench/answers/answers.ts';
import { experimentSchema } from '../../../bench/experiment/experiment.ts';
import { parquetWrite } from '../../../bench/kinds/parquet-write.ts';

const context = { progress: () => {}, signal: new AbortController().signal };

function experiment(codec: string) {
  return experimentSchema.parse({
    name: 'write',
    version: 1,
    default: false,
    kind: 'parquet-write',
    question: '?',
    method: '.',
    warmup: 0,
    data: { name: 'lineitem', scale: 0.0002, seed: 1 },
    factors: { codec: [codec], lane: ['wasm', 'duckdb'], cores: ['2'] },
    figure: { x: { factor: 'codec', title: 'Codec' }, y: { metric: 'time', title: 'Time' }, series: 'lane' },
    findings: [{ type: 'least', factor: 'codec', metrics: ['size'] }],
  });
}

it('both lanes write files of the same rows', { timeout: 30_000 }, async () => {
  const session = await parquetWrite.open(experiment('zstd'), context);
  try {
    const [ours, theirs] = [await session.measure(session.cases[0]!), await session.measure(session.cases[1]!)];
    expect(firstDifference(ours.answer!, theirs.answer!)).toBeUndefined();
    const size = ours.metrics.find(({ metric }) => metric === 'size')!.value;
    expect(size).toBeGreaterThan(0);
  } finally {
    await session.close();
  }
});

it('a codec that is none is refused with those that are', async () => {
  await expect(parquetWrite.open(experiment('zip'), context)).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('no level "zip"; did you mean "gzip"? (there are uncompressed, snappy'),
  });
});

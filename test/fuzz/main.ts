import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ParquetCheck } from './parquet-check.ts';

const USAGE = `npm run fuzz:parquet -- [--seconds N] [--seed S] [--failures N] [--out FOLDER]
Damages real Parquet files, one by each seed from S on, and queries them with both lanes. A file that one of them does
not take as it should is saved in FOLDER; the same seed makes it again.`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    failures: { type: 'string', default: '5' },
    out: { type: 'string', default: 'fuzz-failures' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const check = await ParquetCheck.open();
const end = performance.now() + 1000 * Number(values.seconds);
const first = Number(values.seed);
let seed = first;
let failures = 0;
for (; performance.now() < end && failures < Number(values.failures); seed++) {
  const failure = await check.check(seed);
  if (!failure) continue;
  failures++;
  mkdirSync(values.out, { recursive: true });
  const path = join(values.out, `seed-${failure.seed}.parquet`);
  writeFileSync(path, failure.bytes);
  console.log(`seed ${failure.seed}, ${failure.file}: ${failure.what}\n  ${failure.query}\n  saved as ${path}\n`);
}
await check.close();
console.log(`${seed - first} files from seed ${first} on, ${failures} failures`);
process.exitCode = failures > 0 ? 1 : 0;

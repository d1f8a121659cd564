import { WasmLane } from '../../engine/lanes/wasm/lane.ts';
import { StageClock } from '../../engine/lanes/wasm/stage-clock.ts';
import { describeObject } from '../../engine/run/describe-object.ts';
import { locateFile } from '../../engine/run/locate.ts';
import { planQuery } from '../engines/plan-query.ts';
import { runPlan } from '../engines/run-plan.ts';
import { type Contender, timed } from './contender.ts';
import { rowsOf } from './sluice.ts';

/** The wasm lane with a clock in it, in this thread and with the file as one chunk: for how the time splits. */
export function openStages(): Contender {
  const clock = new StageClock();
  const lane = new WasmLane({ clock });
  return {
    async ask({ sql, path }) {
      const object = await describeObject(await locateFile(path));
      clock.take(object.format.kind);
      const { ms, result } = await timed(async () => {
        const plan = await planQuery(sql.replaceAll('{table}', 'scanned'), object, 'wasm');
        return runPlan(lane, plan, object.location.size);
      });
      return { ms, stages: clock.take(object.format.kind), rows: result.flatMap(rowsOf) };
    },
    async close() {},
  };
}

import type { LaneName } from '../../query/fragment.ts';
import type { ColumnLane } from '../task.ts';

/** A new instance of the named lane; a worker keeps one of each. Modules load when they are first asked for. */
export async function openLane(name: LaneName): Promise<ColumnLane> {
  switch (name) {
    case 'wasm':
      return new (await import('./wasm/lane.ts')).WasmLane();
    case 'js':
      return new (await import('./js/lane.ts')).JsLane();
  }
}

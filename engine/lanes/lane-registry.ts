import type { LaneName } from '../../query/fragment.ts';
import type { ColumnLane } from '../task.ts';

/**
 * A new instance of the named lane, whose buffers hold at most `bytes`, as far as it bounds them; a worker keeps one of each.
 * Modules load when they are first asked for.
 */
export async function openLane(name: LaneName, bytes?: number): Promise<ColumnLane> {
  switch (name) {
    case 'wasm':
      return new (await import('./wasm/lane.ts')).WasmLane({ ...(bytes !== undefined && { bytes }) });
    case 'js':
      return new (await import('./js/lane.ts')).JsLane({ ...(bytes !== undefined && { groupBytes: bytes / 2 }) });
  }
}

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ScanStatistics } from '../engine/run/scan.ts';

/** What a node counts of its work, beside the requests. */
export class NodeMetrics {
  readonly activeScans: Gauge;
  readonly bytesSent: Counter;
  readonly #rowsScanned: Counter;
  readonly #rejected: Counter;
  readonly #bytesRead: Counter;
  readonly #tasks: Counter;
  readonly #pages: Counter;
  readonly #bytesPruned: Counter;
  readonly #seconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.activeScans = new Gauge({ name: 'sluice_node_active_scans', help: 'Scans that run now.', registers });
    this.bytesSent = new Counter({
      name: 'sluice_node_bytes_sent_total',
      help: 'Body bytes of scans and raw objects.',
      registers,
    });
    this.#rowsScanned = new Counter({ name: 'sluice_node_rows_scanned_total', help: 'Rows scanned.', registers });
    this.#rejected = new Counter({
      name: 'sluice_node_rejected_total',
      help: 'Bad rows that scans skipped, and bad values that they took as NULL.',
      labelNames: ['what'],
      registers,
    });
    this.#bytesRead = new Counter({
      name: 'sluice_node_bytes_read_total',
      help: 'Bytes of objects that scans read.',
      registers,
    });
    this.#pages = new Counter({
      name: 'sluice_node_pages_total',
      help: 'Pages of Parquet row groups of which not all rows were wanted, by whether they were read or spared.',
      labelNames: ['outcome'],
      registers,
    });
    this.#bytesPruned = new Counter({
      name: 'sluice_node_bytes_pruned_total',
      help: 'Bytes of Parquet columns that scans would have read without statistics, indexes and limits.',
      registers,
    });
    this.#tasks = new Counter({
      name: 'sluice_node_tasks_total',
      help: 'Scan tasks, by whether they ran or statistics spared them.',
      labelNames: ['outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'sluice_node_scan_seconds',
      help: 'Duration of scans that succeeded, until their last byte was sent.',
      labelNames: ['lane'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
      registers,
    });
  }

  scanned({ lane, rowsScanned, bytesRead, tasks, rejected }: ScanStatistics, seconds: number): void {
    this.#rowsScanned.inc(rowsScanned);
    this.#rejected.inc({ what: 'rows' }, rejected?.rowsSkipped ?? 0);
    this.#rejected.inc({ what: 'values' }, rejected?.valuesNulled ?? 0);
    this.#bytesRead.inc(bytesRead);
    this.#tasks.inc({ outcome: 'run' }, tasks.total - tasks.pruned);
    this.#tasks.inc({ outcome: 'pruned' }, tasks.pruned);
    const { pages, bytesPruned } = tasks;
    this.#pages.inc({ outcome: 'read' }, pages ? pages.total - pages.pruned : 0);
    this.#pages.inc({ outcome: 'pruned' }, pages?.pruned ?? 0);
    this.#bytesPruned.inc(bytesPruned ?? 0);
    this.#seconds.observe({ lane }, seconds);
  }
}

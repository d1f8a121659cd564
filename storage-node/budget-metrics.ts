import type { FastifyInstance } from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import type { CpuBudget } from '../engine/run/cpu-budget.ts';
import type { Executor } from '../engine/run/executor.ts';
import type { Link } from './link.ts';
import { RecentUse } from './recent-use.ts';

interface BudgetParts {
  readonly executor: Pick<Executor, 'threads' | 'pinned'>;
  readonly budget?: CpuBudget;
  readonly link?: Link;
}

/** What a node may use and what it got of it, read when it is asked for. */
export function reportBudget(app: FastifyInstance, registry: Registry, { executor, budget, link }: BudgetParts): void {
  const gauge = (name: string, help: string, read: () => number) => {
    const measure: Gauge = new Gauge({
      name: `sluice_node_${name}`,
      help,
      registers: [registry],
      collect: () => measure.set(read()),
    });
  };
  gauge('workers', 'Worker threads.', () => executor.threads);
  gauge('workers_pinned', 'Worker threads that have a CPU of their own.', () => executor.pinned);
  const use = new RecentUse();
  app.addHook('onClose', async () => use.close());
  const { duty, cores } = budget?.shared ?? { duty: 1, cores: executor.threads };
  gauge('duty_asked', 'The share of its cores that the node may use.', () => duty);
  gauge('duty_got', 'The share of its cores that the process used in the last 5 s.', () => use.share() / cores);
  if (budget)
    gauge('slept_seconds', 'Time that workers slept in all, to keep to the duty.', () => budget.sleptMs / 1000);
  if (link) reportLink(gauge, link);
}

function reportLink(gauge: (name: string, help: string, read: () => number) => void, link: Link): void {
  gauge('link_asked_mbit', 'The rate of the link, 10^6 bits a second.', () => link.mbit);
  gauge('link_got_mbit', 'The rate when it was last busy for 250 ms or more.', () => link.rates.lastMbit ?? Number.NaN);
  gauge('link_busy_times', 'How often it was busy for so long.', () => link.rates.told);
  gauge('link_behind_times', 'How often it then stayed over 3 % below its rate.', () => link.rates.behind);
}

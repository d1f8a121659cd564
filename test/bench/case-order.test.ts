import { expect, it } from 'vitest';
import { inCaseOrder } from '../../bench/samples/case-order.ts';

it('cases come in the order of the levels, and levels that the experiment does not list behind them by size', () => {
  const factors = { source: ['made', 'built'], size: ['64', '16'] };
  const drawn = [
    { levels: { source: 'built', size: '4951555' } },
    { levels: { source: 'made', size: '16' } },
    { levels: { source: 'built', size: '134567' } },
    { levels: { source: 'made', size: '64' } },
  ];
  const sorted = inCaseOrder(drawn, factors).map(({ levels }) => `${levels.source} ${levels.size}`);
  expect(sorted).toEqual(['made 64', 'made 16', 'built 134567', 'built 4951555']);
});

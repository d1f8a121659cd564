import { describe, expect, it } from 'vitest';
import { ProgressLine } from '../../cli/progress-line.ts';

function shown(isTTY: boolean): string {
  let text = '';
  const output = { isTTY, columns: 40, write: (part: string) => (text += part) };
  const line = new ProgressLine(output);
  line.show('scan 1/2', 'passing', 200);
  line.show('scan 1/2: a rather long line that would wrap', 'step', 200);
  line.show('skipped: too large', 'lasting', 200);
  line.end();
  return text.replaceAll(/ +\d+\.\d s/g, 'T');
}

describe('progress', () => {
  it('is a line each where output is kept, without those that only pass', () => {
    expect(shown(false)).toBe(
      'T, about 3 min left  scan 1/2: a rather long line that would wrap\nT, about 3 min left  skipped: too large\n',
    );
  });

  it('is one line on a terminal, rewritten and never wrapped, but for what must stay', () => {
    const clear = '\r\x1b[2K';
    const parts = shown(true).split(clear);
    expect(parts).toEqual([
      '',
      'T, about 3 min left  scan 1/2',
      expect.stringMatching(/^T, about 3 min left {2}scan 1\/2: a/),
      'T  skipped: too large\n',
      '',
    ]);
    expect(parts[2]!.length).toBeLessThan(40);
  });
});

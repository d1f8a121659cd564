import type { BoundExpression } from '../../../query/expression.ts';
import type { Call, Compiler } from './compiler.ts';
import { likeTest } from './like.ts';
import { PatternCache } from './pattern-cache.ts';
import { asBytes, asString } from './text-value.ts';

/** LIKE and ILIKE: a constant pattern is compiled once, others are kept as they come. */
export function pattern(compiler: Compiler, call: Call): { isNull: string; condition: string } {
  const { emitter } = compiler;
  const [textArg, patternArg, escapeArg] = call.args as [BoundExpression, BoundExpression, BoundExpression?];
  const escaper = escapeArg?.kind === 'literal' ? String(escapeArg.value ?? '') : '';
  const folded = call.operator === 'ilike';
  if (escapeArg?.kind === 'literal' && escapeArg.value === null) return { isNull: 'true', condition: 'false' };
  const text = compiler.value(textArg);
  if (patternArg.kind !== 'literal') {
    const wanted = compiler.value(patternArg);
    const cache = emitter.constant(new PatternCache(escaper, folded));
    const { bytes, start, end } = asBytes(emitter, text);
    const code = `${cache}.matches(${asString(emitter, wanted).value}, ${bytes}, ${start}, ${end})`;
    return { isNull: emitter.anyNull([text, wanted]), condition: code };
  }
  if (patternArg.value === null) return { isNull: 'true', condition: 'false' };
  const test = emitter.constant(likeTest(String(patternArg.value), escaper, folded));
  const { bytes, start, end } = asBytes(emitter, text);
  return { isNull: text.isNull, condition: `${test}(${bytes}, ${start}, ${end})` };
}

const SEARCHES: Readonly<Record<string, readonly [before: string, behind: string]>> = {
  'starts_with(varchar, varchar)': ['', '%'],
  'ends_with(varchar, varchar)': ['%', ''],
  'contains(varchar, varchar)': ['%', '%'],
};

/** The LIKE that a search for a constant text is: its test runs over bytes. */
export function searchAsLike({ overload, args, type }: BoundExpression & { kind: 'function' }): Call | undefined {
  const wildcards = SEARCHES[overload];
  const [text, part] = args;
  if (!wildcards || !text || part?.kind !== 'literal' || typeof part.value !== 'string') return undefined;
  const quoted = part.value.replace(/[\\%_]/g, '\\$&');
  const operands = [`${wildcards[0]}${quoted}${wildcards[1]}`, '\\'].map((value) => ({ ...part, value }));
  return { kind: 'call', operator: 'like', args: [text, ...operands], type };
}

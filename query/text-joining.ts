import { checkTextLength, pad, repeat } from './characters.ts';
import type { BoundExpression } from './expression.ts';
import type { ExpressionBuilder, LibraryFunction } from './function-entry.ts';
import { textFunction } from './text-entry.ts';
import { INT64, UTF8 } from './types.ts';

const padding = (name: string, side: 'left' | 'right', kernel: string, doc: string): LibraryFunction =>
  textFunction({
    name,
    signature: `${name}(varchar, length, padding)`,
    doc,
    overloads: [
      {
        id: `${name}(varchar, integer, varchar)`,
        parameters: ['utf8', 'int32', 'utf8'],
        result: UTF8,
        fails: true,
        kernel,
        js: (value: string, length: number, filling: string) => pad(value, length, filling, side),
      },
    ],
  });

const joinable = (arg: BoundExpression, build: ExpressionBuilder): BoundExpression =>
  build.call('coalesce', [build.cast(arg, UTF8), build.literal(UTF8, '')], UTF8);

/** Texts one behind the other, as a balanced tree of `||`. */
function joined(args: readonly BoundExpression[], build: ExpressionBuilder): BoundExpression {
  const [first] = args;
  if (first && args.length === 1) return first;
  const middle = args.length >> 1;
  return build.named('||', [joined(args.slice(0, middle), build), joined(args.slice(middle), build)]);
}

/** Functions that put texts one behind the other. */
export const TEXT_JOINING_FUNCTIONS: readonly LibraryFunction[] = [
  textFunction({
    name: '||',
    signature: 'any || any',
    doc: 'one text behind the other; NULL when one is',
    overloads: [
      {
        id: '||(varchar, varchar)',
        parameters: ['utf8', 'utf8'],
        result: UTF8,
        kernel: 'concatUtf8',
        fails: true,
        js: (a: string, b: string) => {
          checkTextLength(a.length + b.length);
          return a + b;
        },
      },
    ],
    expand: (args, build) =>
      args.length === 2 && args.some(({ type }) => type.kind !== 'utf8')
        ? build.named(
            '||',
            args.map((arg) => build.cast(arg, UTF8)),
          )
        : undefined,
  }),
  textFunction({
    name: 'concat',
    signature: 'concat(any, …)',
    doc: 'texts one behind the other; NULLs are left out',
    nulls: 'ignored',
    overloads: [],
    expand: (args, build) =>
      args.length === 0
        ? undefined
        : joined(
            args.map((arg) => joinable(arg, build)),
            build,
          ),
  }),
  textFunction({
    name: 'concat_ws',
    signature: 'concat_ws(separator, any, …)',
    doc: 'texts with a separator between; NULLs are left out, a NULL as separator gives NULL',
    nulls: 'ignored',
    overloads: [],
    // A separator before each text that is not NULL; the first separator is then cut off.
    expand: ([separator, ...args], build) => {
      if (separator?.kind === 'literal' && separator.value === null) return build.literal(UTF8, null);
      if (separator?.type.kind !== 'utf8' || args.length === 0) return undefined;
      const parts = args.map((arg) => joinable(build.named('||', [separator, build.cast(arg, UTF8)]), build));
      const start = build.call('add', [build.named('length', [separator]), build.literal(INT64, 1n)], INT64);
      return build.named('substring', [joined(parts, build), start]);
    },
  }),
  textFunction({
    name: 'repeat',
    signature: 'repeat(varchar, count)',
    doc: 'a number of times one behind the other',
    overloads: [
      {
        id: 'repeat(varchar, bigint)',
        parameters: ['utf8', 'int64'],
        result: UTF8,
        kernel: 'repeatUtf8',
        fails: true,
        js: repeat,
      },
    ],
  }),
  padding('lpad', 'left', 'padLeftUtf8', 'filled up at the start to a length, or cut at the end'),
  padding('rpad', 'right', 'padRightUtf8', 'filled up at the end to a length, or cut there'),
];

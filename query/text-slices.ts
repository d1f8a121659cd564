import { left, right, SPACES, splitPart, substring, trim } from './characters.ts';
import type { LibraryFunction, Overload } from './function-entry.ts';
import { textFunction } from './text-entry.ts';
import { UTF8 } from './types.ts';

const trimming = (
  name: string,
  sides: 'both' | 'left' | 'right',
  kernels: { spaces: string; set: string },
  doc: string,
): LibraryFunction =>
  textFunction({
    name,
    signature: `${name}(varchar [, characters])`,
    doc,
    overloads: [
      {
        id: `${name}(varchar)`,
        parameters: ['utf8'],
        result: UTF8,
        kernel: kernels.spaces,
        js: (value: string) => trim(value, SPACES, sides),
      },
      {
        id: `${name}(varchar, varchar)`,
        parameters: ['utf8', 'utf8'],
        result: UTF8,
        kernel: kernels.set,
        js: (value: string, characters: string) => trim(value, new Set(characters), sides),
      },
    ],
  });

const SUBSTRING: readonly Overload[] = [
  {
    id: 'substring(varchar, bigint)',
    parameters: ['utf8', 'int64'],
    result: UTF8,
    kernel: 'suffixFromUtf8',
    fails: true,
    js: (value: string, start: bigint) => substring(value, start, 0xffff_ffffn),
  },
  {
    id: 'substring(varchar, bigint, bigint)',
    parameters: ['utf8', 'int64', 'int64'],
    result: UTF8,
    kernel: 'substringUtf8',
    fails: true,
    js: substring,
  },
];

/** Functions that give a part of a text. */
export const TEXT_SLICE_FUNCTIONS: readonly LibraryFunction[] = [
  textFunction({
    name: 'substring',
    aliases: ['substr'],
    signature: 'substring(varchar, start [, length])',
    doc: 'characters from a place, which counts from 1, or from the end where negative',
    overloads: SUBSTRING,
  }),
  textFunction({
    name: 'left',
    signature: 'left(varchar, count)',
    doc: 'the first characters, or all but the last -count',
    overloads: [
      {
        id: 'left(varchar, bigint)',
        parameters: ['utf8', 'int64'],
        result: UTF8,
        kernel: 'leftUtf8',
        fails: true,
        js: left,
      },
    ],
  }),
  textFunction({
    name: 'right',
    signature: 'right(varchar, count)',
    doc: 'the last characters, or all but the first -count',
    overloads: [
      { id: 'right(varchar, bigint)', parameters: ['utf8', 'int64'], result: UTF8, kernel: 'rightUtf8', js: right },
    ],
  }),
  textFunction({
    name: 'split_part',
    signature: 'split_part(varchar, separator, n)',
    doc: 'the nth part between separators, from the end where negative; empty when there is none',
    overloads: [
      {
        id: 'split_part(varchar, varchar, bigint)',
        parameters: ['utf8', 'utf8', 'int64'],
        result: UTF8,
        kernel: 'splitPartUtf8',
        js: splitPart,
      },
    ],
  }),
  trimming(
    'trim',
    'both',
    { spaces: 'trimSpaces', set: 'trimUtf8' },
    'without spaces, or some other characters, at both ends',
  ),
  trimming(
    'ltrim',
    'left',
    { spaces: 'trimSpacesLeft', set: 'trimLeftUtf8' },
    'without spaces, or some other characters, at the start',
  ),
  trimming(
    'rtrim',
    'right',
    { spaces: 'trimSpacesRight', set: 'trimRightUtf8' },
    'without spaces, or some other characters, at the end',
  ),
];

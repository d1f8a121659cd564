import { RE2JS } from 're2js';
import { SluiceError } from './error.ts';

/**
 * Regular expressions in RE2's syntax, matched in linear time. Options are letters: `i` letter case aside, `c` not so,
 * `s` the dot also matches newlines, `m`, `n`, `p` not so, `l` the pattern is a literal text; `g` is left to the
 * caller.
 */
export interface RegularExpression {
  readonly pattern: string;
  readonly program: RE2JS;
  readonly groups: number;
}

const CACHED = 256;
const cache = new Map<string, RegularExpression>();

/** Compiles a pattern, or gives it from a cache. Throws `bad-value` for what RE2 refuses and for unknown options. */
export function regularExpression(pattern: string, options = ''): RegularExpression {
  const key = `${options}/${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  const compiled = compile(pattern, options);
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
  cache.set(key, compiled);
  return compiled;
}

function compile(pattern: string, options: string): RegularExpression {
  let flags = 0;
  let isLiteral = false;
  for (const option of options) {
    if (option === 'i') flags |= RE2JS.CASE_INSENSITIVE;
    else if (option === 'c') flags &= ~RE2JS.CASE_INSENSITIVE;
    else if (option === 's') flags |= RE2JS.DOTALL;
    else if ('mnp'.includes(option)) flags &= ~RE2JS.DOTALL;
    else if (option === 'l') isLiteral = true;
    else if (!' \t\n'.includes(option)) {
      throw new SluiceError('bad-value', `"${option}" is no option of a regular expression here`);
    }
  }
  try {
    if (!isLiteral) refuseAngleGroups(pattern);
    const program = RE2JS.compile(isLiteral ? RE2JS.quote(pattern) : pattern, flags);
    return { pattern, program, groups: program.groupCount() };
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const reason = (error as Error).message.replace(/^error parsing regexp: /, '');
    throw new SluiceError('bad-value', `"${pattern}" is not a regular expression: ${reason}`);
  }
}

/** RE2 knows named groups as `(?P<name>…)` only, and no look-behind. */
function refuseAngleGroups(pattern: string): void {
  const skipped = /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\[:\w*:\]|\\.|[^\]\\])*\]|(\(\?<)/gs;
  for (const match of pattern.matchAll(skipped)) {
    if (match[1]) throw new SluiceError('bad-value', `"${pattern}" is not a regular expression: (?< is no group of it`);
  }
}

/** Whether some part of the text matches. */
export function matchesSomewhere({ program }: RegularExpression, text: string): boolean {
  return program.matcher(text).find();
}

/** Whether the whole text matches. */
export function matchesWhole({ program }: RegularExpression, text: string): boolean {
  return program.matcher(text).matches();
}

/**
 * The part of the first match that a group took (0: the whole match); empty without match or for a group that is not
 * there.
 */
export function extractGroup({ program, groups }: RegularExpression, text: string, group: number): string {
  if (group > groups) return '';
  const matcher = program.matcher(text);
  return matcher.find() ? (matcher.group(group) ?? '') : '';
}

/**
 * The text with its first match, or with `all` every match, replaced. In the replacement \0 to \9 stand for groups and
 * \\ for a backslash. As in DuckDB, a replacement with a group that the pattern lacks leaves the text as it is; from
 * any other backslash on, a replacement of all matches is cut off and one of the first match is not done.
 */
export function replaceMatches(
  { program, groups }: RegularExpression,
  text: string,
  replacement: string,
  all: boolean,
): string {
  const { parts, isValid } = parseReplacement(replacement);
  if (parts.some((part) => typeof part === 'number' && part > groups) || !(isValid || all)) return text;
  const matcher = program.matcher(text);
  let result = '';
  let at = 0;
  let lastEnd = -1;
  let from = 0;
  while (from <= text.length && matcher.find(from)) {
    const [start, end] = [matcher.start(), matcher.end()];
    // An empty match right behind the match before does not count: one character further.
    if (start === end && start === lastEnd) {
      from += (text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1;
      continue;
    }
    result += text.slice(at, start);
    for (const part of parts) result += typeof part === 'string' ? part : (matcher.group(part) ?? '');
    at = from = lastEnd = end;
    if (!all) break;
  }
  return result + text.slice(at);
}

/** Literal texts and group numbers, up to the first backslash that means nothing. */
function parseReplacement(replacement: string): { parts: (string | number)[]; isValid: boolean } {
  const parts: (string | number)[] = [];
  for (const [part] of replacement.matchAll(/\\.?|[^\\]+/gs)) {
    if (!part.startsWith('\\')) parts.push(part);
    else if (part === '\\\\') parts.push('\\');
    else if (/^\\\d$/.test(part)) parts.push(Number(part[1]));
    else return { parts, isValid: false };
  }
  return { parts, isValid: true };
}

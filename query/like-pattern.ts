import { callFailure } from './call-failures.ts';
import { SluiceError } from './error.ts';
import { lowerCase } from './letter-case.ts';

/** A piece of a LIKE pattern: `%` any run of characters, `_` one character, or one literal character. */
type Piece = { readonly kind: 'any' } | { readonly kind: 'one' } | { readonly kind: 'literal'; readonly text: string };

/**
 * Whether a text matches a LIKE pattern, character by character (code points). `escapeCharacter` is one ASCII character
 * that takes the meaning from the one behind it, or '' for none. After a mismatch only the last `%` is tried again, so
 * time stays text x pattern. Throws `bad-value` when an escape character ends the pattern and the match gets that far,
 * `type` when `escapeCharacter` is longer.
 */
export function matchesLike(text: string, pattern: string, escapeCharacter: string): boolean {
  checkEscape(escapeCharacter);
  const characters = Array.from(text);
  const pieces = piecesOf(pattern, escapeCharacter);
  let at = 0;
  let next = 0;
  let retryPiece = -1;
  let retryText = 0;
  while (at < characters.length) {
    const piece = pieces[next];
    if (piece?.kind === 'any') {
      retryPiece = ++next;
      retryText = at;
    } else if (piece && (piece.kind === 'one' || matchesLiteral(piece.text, characters[at]!))) {
      at++;
      next++;
    } else if (retryPiece >= 0) {
      next = retryPiece;
      at = ++retryText;
    } else return false;
  }
  while (pieces[next]?.kind === 'any') next++;
  return next === pieces.length;
}

/** As `matchesLike` with both sides in small letters; the escape character is taken as it is. */
export function matchesIlike(text: string, pattern: string, escapeCharacter: string): boolean {
  return matchesLike(lowerCase(text), lowerCase(pattern), escapeCharacter);
}

/** A search for one literal text that says the same as a LIKE pattern. */
export interface LiteralSearch {
  readonly kind: 'equals' | 'starts_with' | 'ends_with' | 'contains';
  readonly text: string;
}

/** The search that a pattern asks for, when it has % at its ends only and no _. */
export function literalSearch(pattern: string, escapeCharacter: string): LiteralSearch | undefined {
  const pieces = piecesOf(pattern, escapeCharacter);
  const start = pieces.findIndex(({ kind }) => kind !== 'any');
  const end = pieces.findLastIndex(({ kind }) => kind !== 'any') + 1;
  const texts = start < 0 ? [] : pieces.slice(start, end).map((piece) => (piece.kind === 'literal' ? piece.text : ''));
  // An empty text is a wildcard, or an escape with nothing behind it.
  if (texts.includes('')) return undefined;
  const text = texts.join('');
  if (start < 0) return pieces.length > 0 ? { kind: 'contains', text } : { kind: 'equals', text };
  const [openStart, openEnd] = [start > 0, end < pieces.length];
  if (openStart && openEnd) return { kind: 'contains', text };
  return { kind: openStart ? 'ends_with' : openEnd ? 'starts_with' : 'equals', text };
}

function checkEscape(escapeCharacter: string): void {
  if (escapeCharacter.length > 1 || escapeCharacter > '\x7f') {
    throw new SluiceError('type', `the escape of LIKE is one ASCII character or empty, not "${escapeCharacter}"`);
  }
}

function piecesOf(pattern: string, escapeCharacter: string): Piece[] {
  const pieces: Piece[] = [];
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    // At the end of the pattern an escape has nothing behind it: the text of that piece is empty.
    if (character === escapeCharacter) pieces.push({ kind: 'literal', text: characters[++i] ?? '' });
    else if (character === '%') pieces.push({ kind: 'any' });
    else pieces.push(character === '_' ? { kind: 'one' } : { kind: 'literal', text: character });
  }
  return pieces;
}

function matchesLiteral(literal: string, character: string): boolean {
  if (literal === '') throw callFailure('a LIKE pattern must not end with its escape character');
  return literal === character;
}

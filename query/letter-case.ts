/**
 * Letter case by Unicode's simple mappings: one character becomes one character, whatever its neighbours are, as in
 * DuckDB (Unicode 15). JavaScript's own mappings are the full ones of whatever Unicode the runtime knows, so where
 * they give several characters or know younger letters, this file says what holds.
 */

const ASCII = /^[\0-\x7f]*$/;
/** ASCII characters side by side, or one other character. */
const PIECES = /[\0-\x7f]+|[^\0-\x7f]/gu;

/** Capitals that JavaScript maps to several characters. */
const SIMPLE_CAPITALS: Readonly<Record<string, string>> = { ß: 'ẞ', ᾳ: 'ᾼ', ῃ: 'ῌ', ῳ: 'ῼ' };

/** Letters whose other case came with Unicode 16 and 17. */
const YOUNGER =
  /[\u019b\u0264\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2-\ua7d5\ua7da-\ua7dc\u{10d50}-\u{10d65}\u{10d70}-\u{10d85}\u{16ea0}-\u{16ed3}]/u;

/** Greek small letters with iota below; their capitals are eight further. */
const SMALL_WITH_IOTA = /[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7]/;

const isOneCharacter = (text: string): boolean =>
  text.length === 1 || (text.length === 2 && text.codePointAt(0)! > 0xffff);

function upperCharacter(character: string): string {
  const simple = SIMPLE_CAPITALS[character];
  if (simple !== undefined) return simple;
  if (SMALL_WITH_IOTA.test(character)) return String.fromCharCode(character.charCodeAt(0) + 8);
  const upper = character.toUpperCase();
  return isOneCharacter(upper) && !YOUNGER.test(character) ? upper : character;
}

function lowerCharacter(character: string): string {
  if (character === 'İ') return 'i';
  return YOUNGER.test(character) ? character : character.toLowerCase();
}

/** No character from here on has a case. */
const CASELESS_FROM = 0x20000;

/** A mapping that asks for each character once. */
function remembering(map: (character: string) => string): (character: string) => string {
  const known = new Map<string, string>();
  return (character) => {
    const mapped = known.get(character);
    if (mapped !== undefined) return mapped;
    if (character.codePointAt(0)! >= CASELESS_FROM) return character;
    const fresh = map(character);
    known.set(character, fresh);
    return fresh;
  };
}

const toUpper = remembering(upperCharacter);
const toLower = remembering(lowerCharacter);

/** The text in capitals. */
export function upperCase(text: string): string {
  if (ASCII.test(text)) return text.toUpperCase();
  return text.replace(PIECES, (piece) => (piece.charCodeAt(0) < 128 ? piece.toUpperCase() : toUpper(piece)));
}

/** The text in small letters; a capital sigma becomes σ also at the end of a word. */
export function lowerCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.replace(PIECES, (piece) => (piece.charCodeAt(0) < 128 ? piece.toLowerCase() : toLower(piece)));
}

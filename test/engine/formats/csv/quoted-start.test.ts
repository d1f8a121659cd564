import { expect, test } from 'vitest';
import { type CsvDialect, RFC_4180 } from '../../../../engine/csv-format.ts';
import { beginsQuoted } from '../../../../engine/formats/csv/quoted-start.ts';

const QUOTE = 0x22;

function guess(text: string, dialect: Partial<CsvDialect> = {}, from = 0): boolean {
  const bytes = Buffer.from(text);
  return beginsQuoted(bytes, from, bytes.length, { kind: 'csv', ...RFC_4180, ...dialect, dataStart: 0, header: false });
}

test('wherever a chunk begins, the first quotes behind it tell whether that is within quotes', () => {
  const text = '1,"b\nc ""d"", e\n2,e",f\n2,"","g, ""h""",\n"3","","i"\n4,,""""\n5,k,"l"\n6,"m",n\n';
  for (let from = 0, quoted = false; from < text.indexOf('6,'); from++) {
    // Between the two quotes of one, either is right.
    if (text.slice(from - 1, from + 1) !== '""') expect(guess(text, {}, from), text.slice(from)).toBe(quoted);
    if (text.charCodeAt(from) === QUOTE) quoted = !quoted;
  }
});

test('quotes that open as well as they close are passed over', () => {
  expect(guess('text,",",",",a')).toBe(false);
  expect(guess(',",",",",a", b')).toBe(true);
  expect(guess('text,"",,"",a"\n')).toBe(true);
  expect(guess('no quote at all\n')).toBe(false);
  expect(guess('nothing behind"')).toBe(false);
});

test('escaped quotes and blanks around quotes are what the dialect makes of them', () => {
  const backslash = { escape: 0x5c };
  expect(guess('he said \\", and left",1\n', backslash)).toBe(true);
  expect(guess('the end is \\\\",1\n', backslash)).toBe(true);
  expect(guess('a,"b \\", c",1\n', backslash)).toBe(false);
  expect(guess('1, "a" ,2\n', { trim: true })).toBe(false);
  expect(guess('a" , 2\n', { trim: true })).toBe(true);
  expect(guess("it's, isn't it", { quote: null, escape: null })).toBe(false);
});

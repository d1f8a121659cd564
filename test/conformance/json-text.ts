/**
 * What a JSON text says, in a text that is the same for all texts that say it: no white space, and each number as a
 * whole number or as the double next to it. Keys keep their order. NaN and infinities, which DuckDB writes, are numbers.
 */
export function normalJson(text: string): string {
  const tokens = /\s*("(?:[^"\\]|\\.)*"|-?(?:Infinity|\d[\d.eE+-]*)|NaN|true|false|null|[{}[\],:])\s*/y;
  let normal = '';
  while (tokens.lastIndex < text.length) {
    const at = tokens.lastIndex;
    const token = tokens.exec(text)?.[1];
    if (token === undefined) throw new SyntaxError(`no JSON at ${at}: ${text.slice(at, at + 40)}`);
    if (token.startsWith('"')) normal += JSON.stringify(JSON.parse(token));
    else if (/^-?\d+$/.test(token)) normal += BigInt(token);
    else if (/\d/.test(token)) normal += Number(token);
    else normal += token;
  }
  return normal;
}

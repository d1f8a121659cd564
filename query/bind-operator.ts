import { bindArithmetic, bindNegate } from './bind-arithmetic.ts';
import { bindComparison, bindDistinction, bindMembership } from './bind-comparison.ts';
import { commonType } from './common-type.ts';
import { SluiceError } from './error.ts';
import type { BoundExpression, Operator } from './expression.ts';
import { call, cast, castTo, folded, isLiteral, isNull, isUntypedNull, literal } from './fold.ts';
import { literalSearch } from './like-pattern.ts';
import { BOOL, formatType, UTF8 } from './types.ts';

/** A core operator over bound operands: finds the types, adds casts. The number of operands has been checked. */
export function bindOperator(operator: Operator, args: readonly BoundExpression[]): BoundExpression {
  const [a, b] = args as [BoundExpression, BoundExpression];
  switch (operator) {
    case 'and':
    case 'or':
    case 'not':
      return call(operator, args.map(toBoolean), BOOL);
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return bindComparison(operator, a, b);
    case 'is_distinct_from':
    case 'is_not_distinct_from':
      return bindDistinction(operator, a, b);
    case 'in':
      return bindMembership(a, args.slice(1));
    case 'is_null':
    case 'is_not_null':
      return call(operator, [a], BOOL);
    case 'like':
    case 'ilike':
      return bindLike(operator, a, b, args[2]);
    case 'case':
      return bindCase(args);
    case 'coalesce': {
      const type = commonType(args, 'COALESCE');
      return call(
        'coalesce',
        args.map((arg) => castTo(arg, type)),
        type,
      );
    }
    case 'negate':
      return bindNegate(a);
    default:
      return bindArithmetic(operator, a, b);
  }
}

/** A condition: as in DuckDB, anything that can be cast to a boolean. */
export function toBoolean(arg: BoundExpression): BoundExpression {
  return castTo(arg, BOOL);
}

function bindCase(args: readonly BoundExpression[]): BoundExpression {
  const whole = args.length % 2 === 0 ? [...args, { ...literal(BOOL, null), untyped: true as const }] : args;
  const isCondition = (index: number) => index % 2 === 0 && index < whole.length - 1;
  // DuckDB starts with the last result, which only shows in errors; here they stand in their order.
  const type = commonType(
    whole.filter((_, index) => !isCondition(index)),
    'CASE',
  );
  return call(
    'case',
    whole.map((arg, index) => (isCondition(index) ? toBoolean(arg) : castTo(arg, type))),
    type,
  );
}

/** LIKE over texts; where the pattern is a constant with wildcards at its ends only, the search that it asks for. */
function like(operands: readonly BoundExpression[]): BoundExpression {
  const [text, pattern, escapeCharacter] = operands as [BoundExpression, BoundExpression, BoundExpression];
  if (!isLiteral(pattern) || !isLiteral(escapeCharacter) || operands.some(isNull)) return call('like', operands, BOOL);
  const search = literalSearch(pattern.value as string, escapeCharacter.value as string);
  if (!search) return call('like', operands, BOOL);
  const part = literal(UTF8, search.text);
  if (search.kind === 'equals') return call('eq', [text, part], BOOL);
  return folded({ kind: 'function', overload: `${search.kind}(varchar, varchar)`, args: [text, part], type: BOOL });
}

function bindLike(
  operator: 'like' | 'ilike',
  text: BoundExpression,
  pattern: BoundExpression,
  escapeCharacter: BoundExpression = literal(UTF8, ''),
): BoundExpression {
  const operands = [text, pattern, escapeCharacter];
  const wrong = operands.find((operand) => operand.type.kind !== 'utf8' && !isUntypedNull(operand));
  if (wrong) throw new SluiceError('type', `${operator.toUpperCase()} needs text, not a ${formatType(wrong.type)}`);
  if (!isLiteral(escapeCharacter)) throw new SluiceError('unsupported', 'the character of ESCAPE must be a constant');
  if (typeof escapeCharacter.value === 'string' && Buffer.byteLength(escapeCharacter.value) > 1)
    throw new SluiceError('bad-value', 'ESCAPE takes one ASCII character, or none');
  const texts = operands.map((operand) => cast(operand, UTF8));
  return operator === 'like' ? like(texts) : call(operator, texts, BOOL);
}

import type { DataType } from '../../query/types.ts';
import { IntegerValues, NumberValues } from './fixed-group-values.ts';
import type { GroupValues } from './group-values.ts';
import { TextValues } from './text-group-values.ts';

/** One value a group, of any type. */
export function openGroupValues(type: DataType): GroupValues {
  switch (type.kind) {
    case 'utf8':
    case 'binary':
      return new TextValues(type);
    case 'bool':
    case 'int32':
    case 'date':
    case 'float64':
      return new NumberValues(type);
    default:
      return new IntegerValues(type);
  }
}

import { SluiceError } from '../../query/error.ts';
import { type DataType, FLOAT64, formatType, TIMESTAMP, UTF8 } from '../../query/types.ts';
import { RFC_4180 } from '../csv-format.ts';
import { CsvFieldValues } from '../formats/csv/field-value.ts';
import type { ObjectDescription } from '../task.ts';

/** The types that a guess may be widened to, the narrower first; all values of the one are values of the other. */
const WIDER: Partial<Record<DataType['kind'], readonly DataType[]>> = {
  int64: [FLOAT64, UTF8],
  date: [TIMESTAMP, UTF8],
  bool: [UTF8],
  float64: [UTF8],
  timestamp: [UTF8],
};

/**
 * The description with the guessed type of a column made so wide that it accepts the text that an error names; undefined
 * where no guess was wrong.
 */
export function widened(description: ObjectDescription, error: SluiceError): ObjectDescription | undefined {
  const { misfit } = error;
  const column = description.schema.findIndex(({ name }) => name === misfit?.column);
  const field = description.schema[column];
  if (!misfit || !field || !description.guessed?.includes(column)) return undefined;
  const { format } = description;
  const values = new CsvFieldValues(format.kind === 'csv' ? format : RFC_4180);
  const accepts = (type: DataType) => values.value(misfit.text, true, type, true) !== undefined;
  const type = accepts(field.type) ? field.type : (WIDER[field.type.kind]?.find(accepts) ?? UTF8);
  return {
    ...description,
    schema: description.schema.with(column, { ...field, type }),
    guessed: type.kind === 'utf8' ? description.guessed.filter((other) => other !== column) : description.guessed,
  };
}

/** What becomes of an error when the description was widened. */
export function schemaChanged(error: SluiceError, wider: ObjectDescription): SluiceError {
  const { misfit } = error;
  const type = wider.schema.find(({ name }) => name === misfit?.column)?.type ?? UTF8;
  return new SluiceError(
    'schema-changed',
    `${error.message}, which was guessed from a sample; from now on the column is ${formatType(type)}: run the query again, or fix the type by a .schema.json or --csv types`,
    error.position,
    misfit,
  );
}

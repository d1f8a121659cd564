/** Up to VECTOR_SIZE rows in linear memory, each with as many fields as the table has columns. */
export interface CsvRows {
  /** Address of the rows' starts, u32 addresses. */
  readonly starts: number;
  readonly count: number;
  /** Address of the words that mark the ends of fields; the word of the bytes at address a is at bitmap + a / 8. */
  readonly bitmap: number;
  /** The length of the rows' text at most. */
  readonly bytes: number;
  /** What to add to an address to get the byte's offset in the object. */
  readonly offset: number;
  /** Fields that the rows have in the object; those of columns behind them are NULL. */
  readonly width: number;
  /** Whether the rows' text is known to be ASCII. */
  readonly isAscii: boolean;
  /** Whether each row is known to end where the next one starts; where the last one ends stands behind the starts. */
  readonly isGapless: boolean;
}

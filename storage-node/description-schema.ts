import { z } from 'zod';

/** An object in a node's list. */
export const entrySchema = z.object({ name: z.string(), size: z.int().nonnegative(), version: z.string() });
const typeSchema = z.union([
  z.object({ kind: z.enum(['bool', 'int32', 'int64', 'float64', 'date', 'timestamp', 'utf8']) }),
  z.object({ kind: z.literal('decimal'), precision: z.int().min(1).max(38), scale: z.int().min(0).max(38) }),
]);
const byteSchema = z.int().min(0).max(255);
const codingSchema = z.object({
  compression: z.enum(['gzip', 'zstd']).optional(),
  charset: z.enum(['utf-16le', 'utf-16be']).optional(),
});
const csvSchema = z.object({
  kind: z.literal('csv'),
  delimiter: byteSchema,
  quote: byteSchema.nullable(),
  escape: byteSchema.nullable(),
  lineEnd: z.literal([10, 13]),
  comment: byteSchema.nullable(),
  trim: z.boolean(),
  nulls: z.array(z.string()),
  decimalMark: z.enum(['.', ',']),
  thousands: z.string().nullable(),
  dateFormat: z.string().nullable(),
  timestampFormat: z.string().nullable(),
  invalidUtf8: z.enum(['error', 'replace']),
  badRows: z.enum(['error', 'null', 'skip']),
  dataStart: z.int().nonnegative(),
  header: z.boolean(),
  coding: codingSchema.optional(),
});

/** A node's answer to a question for an object's description, which is `ObjectDescription` without the place. */
export const descriptionSchema = entrySchema.extend({
  schema: z.array(z.object({ name: z.string(), type: typeSchema, isMember: z.literal(true).optional() })),
  guessed: z.array(z.int().nonnegative()).optional(),
  format: z.union([
    csvSchema,
    z.object({
      kind: z.literal('ndjson'),
      dataStart: z.int().nonnegative(),
      paths: z.record(z.string(), z.string()).optional(),
      coding: codingSchema.optional(),
    }),
    z.object({
      kind: z.literal('parquet'),
      groupRows: z.array(z.int().nonnegative()),
      unsupported: z.array(z.object({ name: z.string(), reason: z.string() })).optional(),
    }),
  ]),
});

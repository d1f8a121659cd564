import { resolve } from 'node:path';

/** Where the Parquet files that others wrote are, if they are there: $SLUICE_CONFORMANCE/parquet. */
export const PARQUET_SUITE = resolve(process.env.SLUICE_CONFORMANCE ?? '../shared/conformance', 'parquet');

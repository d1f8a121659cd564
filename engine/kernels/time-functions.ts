// Functions of dates and timestamps: kernels of query/time-functions.ts.
export { giveNull } from './call-state';

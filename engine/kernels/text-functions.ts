// Functions of text: kernels of query/text-functions.ts.
export { textAt } from './call-state';

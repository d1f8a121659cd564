// The array kernels. Each takes the address of its first array, that array's length, the address and length of a second
// one where it has two, and the address for its result. Lengths count elements.

export { dot } from './dot';
export { filter_sum } from './filter-sum';
export { group_by } from './group-by';
export { histogram } from './histogram';
export { min_max } from './min-max';
export { prefix_sum } from './prefix-sum';
export { sort } from './sort';
export { string_search } from './string-search';
export { sum } from './sum';

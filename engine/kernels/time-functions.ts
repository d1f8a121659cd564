export * from './date-arithmetic';
export * from './date-differences';
export * from './date-parts';
export * from './date-truncation';
export * from './strftime';

export * from './integer-functions';
export * from './real-functions';
export * from './rounding-functions';
export * from './wide-rounding';

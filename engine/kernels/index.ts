export * from './aggregates';
export * from './arithmetic';
export * from './csv-fields';
export * from './csv-rows';
export * from './csv-values';
export * from './groups';
export * from './selection';
export * from './strings';

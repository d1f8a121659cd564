// Conversions between types: kernels of casts.
export { giveWide } from './call-state';

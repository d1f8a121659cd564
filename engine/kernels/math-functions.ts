import { fail, SQUARE_ROOT_OF_NEGATIVE } from './call-state';

export function sqrtFloat64(x: f64, state: usize): f64 {
  if (x < 0) fail(state, SQUARE_ROOT_OF_NEGATIVE);
  return sqrt(x);
}

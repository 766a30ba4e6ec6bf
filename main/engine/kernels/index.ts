/** Everything that the engine calls. Pointers are bytes in the module's memory, which the caller divides. */
export { pack } from './pack'
export { multiply, useScratch } from './multiply'
export { addProducts, addRows, fillRows, squaredNorms } from './rows'
export { rnnBackward, rnnForward } from './rnn'
export { lstmBackward, lstmForward } from './lstm'
export { peepholeBackward, peepholeForward } from './lstm-peephole'
export { coupledBackward, coupledForward } from './lstm-coupled'
export { gruBackward, gruForward } from './gru'
export { mixBackward, mixForward, resetBackward, resetForward } from './gru-original'

/** Where the memory is free from. */
export function freeFrom(): usize {
  return (__heap_base + 15) & ~15
}

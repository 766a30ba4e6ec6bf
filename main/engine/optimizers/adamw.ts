import { decayedAdam } from './adam.ts'
import type { Optimizer } from './optimizer.ts'

/** AdamW (Loshchilov & Hutter 2019; torch.optim.AdamW): Adam whose weight decay does not pass through the moments. */
export const adamw: Optimizer<'beta1' | 'beta2' | 'eps' | 'weightDecay'> = {
  id: 'adamw',
  defaults: { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 },
  update: decayedAdam,
}

import type { Command } from '../command.ts'
import { bench } from './bench.ts'
import { check } from './check.ts'
import { dataset } from './dataset.ts'
import { doctor } from './doctor.ts'
import { engine } from './engine.ts'
import { serve } from './serve.ts'
import { trace } from './trace.ts'
import { train } from './train.ts'

/** Every command. A new one is a file beside these and a line here. */
export const commands: readonly Command[] = [train, trace, serve, dataset, engine, check, bench, doctor]

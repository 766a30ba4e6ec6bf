import type { EngineStage, Handlers } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { Checks } from '../checks.ts'
import { knownChoices } from '../choose-engine.ts'
import { isPacked, listEngines, type Probes, selfTestPack } from '../engines.ts'
import { installPack, removePack } from '../packs/install.ts'
import { recipeFor } from '../packs/recipes.ts'
import type { EngineChoice } from '../runs/engine-slot.ts'
import type { Trainings } from '../trainings.ts'
import { verifyEngine } from '../verify-engine.ts'
import { Desk } from './desk.ts'
import { wheelPaths } from './wheels.ts'

/** Asks a person for wheels in a window of the machine's own. */
export type PickWheels = () => Promise<readonly string[]>

interface Users {
  readonly trainings: Trainings
  readonly checks: Checks
}

export interface EngineRoom {
  readonly handlers: Handlers['engines']
  close(): Promise<void>
}

/** Installing, checking and removing engines. The work is the lab's: it goes on whoever looks at it. */
export function engineRoom({ fork, threads }: EngineChoice, users: Users, pickWheels?: PickWheels): EngineRoom {
  const desk = new Desk()
  const probes: Probes = new Map()
  const handlers: Handlers['engines'] = {
    async list() {
      const [engines, choices] = await Promise.all([listEngines(fork, probes), knownChoices(threads)])
      return { engines, choices, canPick: pickWheels !== undefined }
    },
    async install(id, typed) {
      desk.refuseWhileBusy()
      recipeFor(id)
      const from = typed && (await wheelPaths(typed))
      const stages: EngineStage[] = [...(from ? [] : ['download' as const]), 'unpack', 'compile', 'test']
      desk.begin({ id, action: 'install', stages }, (onProgress, signal) =>
        installPack(id, {
          ...(from && { from }),
          selfTest: (pack) => selfTestPack(pack, { fork, signal }),
          onProgress,
          signal,
        }),
      )
    },
    verify(id) {
      const stages: EngineStage[] = isPacked(id) ? ['check', 'test'] : ['test']
      desk.begin({ id, action: 'verify', stages }, async (onProgress, signal) => {
        let isRight = false
        try {
          await verifyEngine(id, { onProgress, signal, fork })
          isRight = true
        } finally {
          const known = await probes.get(id)?.info
          if (!isRight || known?.state !== 'ready') probes.delete(id)
        }
      })
    },
    cancel: () => desk.cancel(),
    async remove(id) {
      desk.refuseWhileBusy()
      await users.checks.leave(id)
      await users.trainings.leave(id)
      await removePack(id)
      desk.changed()
    },
    dismiss: (id) => desk.dismiss(id),
    follow: (seen) => desk.follow(seen),
    async pick() {
      if (!pickWheels) throw new LabError('usage', 'Files cannot be chosen here.', 'Type their paths.')
      return pickWheels()
    },
  }
  return { handlers, close: () => desk.close() }
}

import type { Handlers } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import type { Trainings } from './trainings.ts'

/** What the Score and the gate inspector ask of experiments and opened models. */
export function inspectRoom(trainings: Trainings): Pick<Handlers, 'inspect'> {
  const notYet = (): never => {
    throw new LabError('busy', 'This view is not there yet.', 'Use another one.')
  }
  return {
    inspect: {
      steps: (id) => trainings.get(id).storedSteps(),
      example: (id, query) => trainings.get(id).example(query),
      whatIf: (id, query) => trainings.get(id).whatIf(query),
      batch: notYet,
      gates: notYet,
      find: notYet,
      cancelFind: notYet,
      open: notYet,
      close: notYet,
    },
  }
}

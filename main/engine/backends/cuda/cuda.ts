import type { EngineInfo } from '../../../../shared/contract.ts'
import { LabError } from '../../../../shared/errors.ts'
import { notLoadable } from '../not-loadable.ts'
import { type Diagnosis, deviceOf, diagnose, diagnoseCpu } from './diagnosis.ts'
import { type CudaFacts, gatherFacts } from './facts.ts'

export const cudaId = 'tensorflow-cuda'

/** What TensorFlow opens by itself before it uses a GPU; without one of them it computes on the processor. */
const libraries = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcusolver.so.11',
  'libcusparse.so.12',
  'libcudnn.so.9',
]

/** What CUDA finds on this machine. Throws LabError `engine-unavailable` with what stands in its way. */
export async function requireCuda(): Promise<CudaFacts> {
  const facts = await gatherFacts()
  const found = diagnose(facts)
  if (found) throw unavailable(found)
  return facts
}

/**
 * The device that TensorFlow, which is loaded, computes on. Throws LabError `engine-unavailable` where that is the
 * processor after all: a CUDA engine does not pose as one.
 */
export function usedDevice(facts: CudaFacts, isUsed: boolean): EngineInfo['device'] {
  if (!isUsed) {
    throw unavailable(
      diagnoseCpu(
        facts,
        libraries.map(notLoadable).filter((reason) => reason !== undefined),
      ),
    )
  }
  const device = deviceOf(facts)
  if (!device) return { name: 'NVIDIA GPU' }
  return { name: device.name, ...(Number.isFinite(device.bytes) && { bytes: device.bytes }) }
}

function unavailable({ id, message, hint, details }: Diagnosis): LabError {
  return new LabError('engine-unavailable', message, hint, { engine: cudaId, cuda: id, ...details })
}

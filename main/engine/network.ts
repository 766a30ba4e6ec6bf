import { LabError } from '../../shared/errors.ts'
import type { Intervention } from '../../shared/interventions.ts'
import type { Batch, Model, ModelConfig, Parameters } from '../../shared/model.ts'
import { type Floats, ndarray } from '../../shared/ndarray.ts'
import { cellById } from './cells/catalogue.ts'
import { changeOf } from './interventions.ts'
import type { BackwardDetail, Compute, Layer, LayerGradients, LayerPass, ReadGradients } from './layers/layer.ts'
import { swapAxes, zeroPadding } from './sequence.ts'

/** A network that was run over a batch: its answers, its layers, and the way back. */
export interface NetworkPass {
  /** Raw output of the head: [B, K], or [B, T, K] for a head at every step. */
  readonly output: Floats
  /** What the first layer read, [T, B, D]: the inputs, or their embedding vectors. */
  readonly embedded: Floats
  readonly layers: readonly { readonly layer: Layer; readonly pass: LayerPass }[]
  /** From d L / d output. May be called more than once. `inputs` are what the first layer read, `embedded`. */
  backward(gradient: Floats, detail: BackwardDetail, read?: ReadGradients): NetworkGradients
  release(): void
}

export interface NetworkGradients {
  /** By PyTorch state-dict name; none where nobody asked. */
  readonly parameters: Parameters
  /** Of what the first layer read, [T, B, D], unless nobody asked. */
  readonly embedded?: Floats
  readonly layers: readonly LayerGradients[]
}

/**
 * Runs embedding, layers and head over a checked batch (see batch.ts). Release the pass when it was
 * read. Throws LabError `spec-invalid` for an unknown cell, or for an intervention that does not fit it.
 */
export function runNetwork(
  compute: Compute,
  model: Model,
  ids: Batch['inputs'],
  lengths: readonly number[],
  { states, interventions }: { readonly states: boolean; readonly interventions?: readonly Intervention[] },
): NetworkPass {
  const { config } = model
  refuseOtherLength(config, ids.shape[1] as number)
  const embedded = zeroPadding(embed(model, ids), lengths)
  const layers: { layer: Layer; pass: LayerPass }[] = []
  let below = embedded
  for (const layer of layersOf(model, interventions)) {
    const pass = compute.layer(layer, { inputs: below, lengths }, { states })
    layers.push({ layer, pass })
    below = pass.hidden
  }
  const head = runHead(compute, model, below, lengths)
  return {
    output: head.output,
    embedded,
    layers,
    backward(gradient, detail, read = {}) {
      const atHead = head.backward(gradient)
      const parameters: Record<string, Floats> = { ...atHead.parameters }
      const found: LayerGradients[] = []
      let arriving: Floats | undefined = atHead.hidden
      for (const [index, { pass }] of [...layers.entries()].reverse()) {
        const isRead = index > 0 || read.inputs !== false || config.embedding !== undefined
        const gradients = pass.backward(arriving as Floats, detail, { ...read, inputs: isRead })
        for (const [name, value] of Object.entries(gradients.parameters)) parameters[`rnn.${name}_l${index}`] = value
        found.unshift(gradients)
        arriving = gradients.inputs
      }
      if (config.embedding)
        parameters['embedding.weight'] = embeddingGradient(config.embedding, ids, arriving as Floats)
      const inOrder = Object.keys(model.parameters).map((name) => [name, parameters[name] as Floats] as const)
      return {
        parameters: read.parameters === false ? {} : Object.fromEntries(inOrder),
        ...(arriving && { embedded: arriving }),
        layers: found,
      }
    },
    release: () => {
      for (const { pass } of layers) pass.release()
    },
  }
}

/** Weights of their own say nothing about steps that were never trained. */
function refuseOtherLength({ weights, length }: ModelConfig, time: number): void {
  if (weights !== 'per-step' || length === time) return
  const message = `The sequence has ${time} steps; this model has weights of its own for each of its ${length} steps.`
  const hint = 'Only shared weights carry over to other lengths: train with "weights": "shared", or use this length.'
  throw new LabError('batch-invalid', message, hint, { steps: time, length: length ?? 0 })
}

/** The recurrent layers of a model, lowest first, their parameters by short name. */
export function layersOf({ config, parameters }: Model, interventions?: readonly Intervention[]): Layer[] {
  const cell = cellById(config.cell)
  const names = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh', ...(cell.peepholes ?? [])]
  return Array.from({ length: config.layers }, (_, index) => ({
    cell,
    ...(config.activation && { activation: config.activation }),
    units: config.hiddenSize,
    parameters: Object.fromEntries(names.map((name) => [name, get(parameters, `rnn.${name}_l${index}`)])),
    ...(interventions && { change: changeOf(config, interventions, index) }),
  }))
}

function get(parameters: Parameters, name: string): Floats {
  const array = parameters[name]
  if (!array) throw new RangeError(`the model has no parameter ${name}`)
  return array
}

/** Inputs as the first layer reads them, [T, B, D]. Padding may hold any id, and what it gives is to be set to 0. */
function embed({ config, parameters }: Model, inputs: Batch['inputs']): Floats {
  if (!config.embedding) return swapAxes(inputs as Floats)
  const { size } = config.embedding
  const table = get(parameters, 'embedding.weight').data
  const [batch, time] = inputs.shape as [number, number]
  const vectors = new Float32Array(time * batch * size)
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < time; t++) {
      const id = inputs.data[b * time + t] as number
      vectors.set(table.subarray(id * size, (id + 1) * size), (t * batch + b) * size)
    }
  }
  return ndarray([time, batch, size], vectors)
}

/** Adds up, in float64, what every occurrence of an id received. */
function embeddingGradient(
  { vocab, size }: NonNullable<ModelConfig['embedding']>,
  inputs: Batch['inputs'],
  gradient: Floats,
): Floats {
  const sums = new Float64Array(vocab * size)
  const [batch, time] = inputs.shape as [number, number]
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < time; t++) {
      const id = inputs.data[b * time + t] as number
      if (id < 0 || id >= vocab) continue // padding
      const from = (t * batch + b) * size
      for (let k = 0; k < size; k++)
        sums[id * size + k] = (sums[id * size + k] as number) + (gradient.data[from + k] as number)
    }
  }
  return ndarray([vocab, size], Float32Array.from(sums))
}

/** Raw output of the head for each row h of [N, H]: h W^T + b, [N, K]. */
export function applyHead(compute: Compute, { config, parameters }: Model, rows: Floats): Floats {
  const output = compute.product(rows, get(parameters, 'head.weight'), false, true).data
  const bias = get(parameters, 'head.bias').data
  for (let k = 0; k < output.length; k++) output[k] = (output[k] as number) + (bias[k % bias.length] as number)
  return ndarray([rows.shape[0] as number, config.outputSize], output)
}

/** The head at each example's last real step, or at every step. */
function runHead(compute: Compute, model: Model, hidden: Floats, lengths: readonly number[]) {
  const { config } = model
  const [time, batch, units] = hidden.shape as [number, number, number]
  const weight = get(model.parameters, 'head.weight')
  const every = config.head === 'every-step'
  /** The steps of `hidden` that are read, in the order of the output's rows. */
  const steps = lengths.flatMap((length, b) =>
    every ? Array.from({ length: time }, (_, t) => t * batch + b) : [(length - 1) * batch + b],
  )
  const read = new Float32Array(steps.length * units)
  for (const [row, step] of steps.entries()) {
    read.set(hidden.data.subarray(step * units, (step + 1) * units), row * units)
  }
  const rows = ndarray([steps.length, units], read)
  const output = applyHead(compute, model, rows).data
  return {
    output: ndarray(every ? [batch, time, config.outputSize] : [batch, config.outputSize], output),
    backward(gradient: Floats): { parameters: Parameters; hidden: Floats } {
      const flat = ndarray([steps.length, config.outputSize], gradient.data)
      const sums = new Float64Array(config.outputSize)
      for (const [k, value] of flat.data.entries()) sums[k % sums.length] = (sums[k % sums.length] as number) + value
      const back = compute.product(flat, weight, false, false).data
      const arriving = new Float32Array(time * batch * units)
      for (const [row, step] of steps.entries()) {
        arriving.set(back.subarray(row * units, (row + 1) * units), step * units)
      }
      return {
        parameters: {
          'head.weight': compute.product(flat, rows, true, false),
          'head.bias': ndarray([config.outputSize], Float32Array.from(sums)),
        },
        hidden: zeroPadding(ndarray([time, batch, units], arriving), lengths),
      }
    },
  }
}

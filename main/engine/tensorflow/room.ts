import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Attribute, Binding, Handle } from './binding.ts'

/** What a device holds, over all rooms. */
export interface Count {
  tensors: number
}

/** Tensors that are freed together, and the operations that make them. All are float32 unless said. */
export class Room {
  readonly binding: Binding
  readonly #count: Count
  readonly #own = new Set<Handle>()
  readonly #plain: readonly Attribute[] = []

  constructor(binding: Binding, count: Count) {
    this.binding = binding
    this.#count = count
  }

  /** Another room on the same device. */
  another(): Room {
    return new Room(this.binding, this.#count)
  }

  upload({ shape, data }: Floats): Handle {
    return this.#keep(this.binding.createTensor(shape, this.binding.TF_FLOAT, data))
  }

  zeros(...shape: number[]): Handle {
    return this.upload(ndarray(shape, new Float32Array(shape.reduce((product, size) => product * size, 1))))
  }

  integers(...values: number[]): Handle {
    return this.#keep(this.binding.createTensor([values.length], this.binding.TF_INT32, Int32Array.from(values)))
  }

  /** A lone int32. */
  integer(value: number): Handle {
    return this.#keep(this.binding.createTensor([], this.binding.TF_INT32, Int32Array.of(value)))
  }

  /** A lone int64, for a `value` from 0 to 2^31 - 1. */
  long(value: number): Handle {
    return this.#keep(this.binding.createTensor([], this.binding.TF_INT64, Int32Array.of(value, 0)))
  }

  /** An operation with one output. */
  run(name: string, inputs: readonly Handle[], attributes: readonly Attribute[] = this.#plain): Handle {
    const [output] = this.binding.executeOp(name, attributes, inputs, 1)
    return this.#keep((output as { id: Handle }).id)
  }

  /** An operation with several. */
  runAll(name: string, count: number, inputs: readonly Handle[], attributes = this.#plain): Handle[] {
    return this.binding.executeOp(name, attributes, inputs, count).map(({ id }) => this.#keep(id))
  }

  product(a: Handle, b: Handle, transposeA = false, transposeB = false): Handle {
    return this.run('MatMul', [a, b], [this.flag('transpose_a', transposeA), this.flag('transpose_b', transposeB)])
  }

  add = (a: Handle, b: Handle): Handle => this.run('AddV2', [a, b])
  multiply = (a: Handle, b: Handle): Handle => this.run('Mul', [a, b])
  subtract = (a: Handle, b: Handle): Handle => this.run('Sub', [a, b])

  transpose(matrix: Handle): Handle {
    return this.run('Transpose', [matrix, this.integers(1, 0)])
  }

  reshape(tensor: Handle, ...shape: number[]): Handle {
    return this.run('Reshape', [tensor, this.integers(...shape)])
  }

  /** Along the axis of the handle `axis`. */
  concat(parts: readonly Handle[], axis: Handle): Handle {
    if (parts.length === 1) return this.run('Identity', parts) // ConcatV2 refuses one
    // Of a list of inputs TensorFlow does not find the type itself.
    const type = { name: 'T', type: this.binding.TF_ATTR_TYPE, value: this.binding.TF_FLOAT }
    return this.run('ConcatV2', [...parts, axis], [this.number('N', parts.length), type])
  }

  /** Equal parts. */
  split(tensor: Handle, parts: number, axis: Handle): Handle[] {
    return this.runAll('Split', parts, [axis, tensor], [this.number('num_split', parts)])
  }

  /** Along the first axis, which has `count` entries. */
  unstack(tensor: Handle, count: number): Handle[] {
    return this.runAll('Unpack', count, [tensor], [this.number('num', count)])
  }

  flag = (name: string, value: boolean): Attribute => ({ name, type: this.binding.TF_ATTR_BOOL, value })
  number = (name: string, value: number): Attribute => ({ name, type: this.binding.TF_ATTR_INT, value })

  read(tensor: Handle, shape: readonly number[]): Floats {
    return ndarray(shape, this.binding.tensorDataSync(tensor))
  }

  /** Frees some before the others. */
  drop(...tensors: readonly Handle[]): void {
    for (const tensor of tensors) {
      if (!this.#own.delete(tensor)) throw new RangeError(`tensor ${tensor} is not in this room`)
      this.binding.deleteTensor(tensor)
      this.#count.tensors--
    }
  }

  /** Frees all that is left; may be called again, to no effect. */
  free(): void {
    this.drop(...this.#own)
  }

  #keep(tensor: Handle): Handle {
    this.#own.add(tensor)
    this.#count.tensors++
    return tensor
  }
}

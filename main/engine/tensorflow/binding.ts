/** A tensor that TensorFlow holds. */
export type Handle = number

/** An attribute of an operation, as TensorFlow's C API takes it. */
export interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: boolean | number
}

/**
 * What @tensorflow/tfjs-node-gpu's native part offers. Called directly an operation takes 4 microseconds; as
 * TensorFlow.js' tensor it takes 10 and more, which is what small networks would spend their time on.
 */
export interface Binding {
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_INT64: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  /** TensorFlow reads the array itself, so it must not change while the tensor is there. */
  createTensor(shape: readonly number[], type: number, values: Float32Array | Int32Array): Handle
  deleteTensor(tensor: Handle): void
  /** Throws when TensorFlow refuses the operation. */
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Handle[],
    outputs: number,
  ): { readonly id: Handle; readonly shape: readonly number[] }[]
  /** A copy of the tensor's values. */
  tensorDataSync(tensor: Handle): Float32Array
}

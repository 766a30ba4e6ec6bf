/** Models opened from files. */
export const modelsEn = {
  title: 'Models',
  note: 'A model folder’s two files, a zip of them, or a state dict of PyTorch (.safetensors), with a batch (.npz) or a task to read from.',
  open: 'Open a model',
  missing: 'The files do not tell everything:',
  fields: {
    cell: 'Cell',
    activation: 'Activation',
    head: 'Answers',
    loss: 'Loss',
    examples: 'Examples of',
  },
  options: {
    last: 'at the last step',
    'every-step': 'at every step',
    mse: 'squared error',
    'cross-entropy': 'cross-entropy',
    bce: 'binary cross-entropy',
  } as Readonly<Record<string, string>>,
  examplesNote: 'Or open the files again together with a batch of your own, batch.npz.',
  inspect: 'Inspect',
  gone: 'This model is no longer open. Open its files again.',
}

import type { modelsEn } from './models-en.ts'

/** 从文件打开的模型。 */
export const modelsZh: typeof modelsEn = {
  title: '模型',
  note: '模型文件夹里的两个文件、它们的 zip，或 PyTorch 的 state dict（.safetensors），再加一个批次（.npz）或一个任务作为输入。',
  open: '打开模型',
  missing: '文件里没有写全：',
  fields: { cell: '单元', activation: '激活函数', head: '回答', loss: '损失', examples: '样本来自' },
  options: {
    last: '只在最后一步',
    'every-step': '每一步',
    mse: '平方误差',
    'cross-entropy': '交叉熵',
    bce: '二元交叉熵',
  },
  examplesNote: '也可以连同自己的批次 batch.npz 一起重新打开。',
  inspect: '检视',
  gone: '这个模型已经关闭。请重新打开它的文件。',
}

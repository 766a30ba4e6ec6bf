import { fixed, scientific } from '../viz/numbers.ts'
import type { axisEn, scoreEn } from './score-en.ts'

/** 总谱与门的检视。 */
export const scoreZh: typeof scoreEn = {
  shown: '谱线',
  values: '状态与门',
  gradients: '梯度与通路',
  order: '单元排序',
  orders: {
    number: '编号',
    gradient: '梯度',
    saturation: '饱和',
    horizon: '跨度',
    similarity: '与所选单元的相似度',
  },
  some: (shown, all, order) =>
    ({
      number: `${all} 个单元中梯度最大的 ${shown} 个`,
      gradient: `${all} 个单元中的 ${shown} 个，梯度从大到小`,
      saturation: `${all} 个单元中的 ${shown} 个，饱和从多到少`,
      horizon: `${all} 个单元中的 ${shown} 个，跨度从长到短`,
      similarity: `${all} 个单元中的 ${shown} 个，按与所选单元的相似度`,
    })[order] ?? '',
  rest: (units) => `其余 ${units} 个单元：均值，以及从最小到最大的范围`,
  more: (units) => `其余 ${units} 个`,
  expand: '画出全部单元（Enter）',
  belt: '∂L/∂c 从哪里来',
  beltOfState: '∂L/∂h 从哪里来',
  beltNote: '传送带：到达某一步的梯度里，有多少直接穿过保持状态的门，有多少走别的路。取各单元大小之和。',
  beltLabel: (parts) => `整个样本中梯度的来路：${parts}。`,
  paths: { direct: '直接', hidden: '经过 h', peepholes: '经过窥视孔', rest: '其余' },
  jacobian: '一步的伸缩',
  jacobianNote: '一步的雅可比矩阵的最大奇异值：状态里的微小差别经过一步最多放大多少。对数轴；虚线：1。',
  numbers: '数值',
  oneUnit: '单个单元',
  norms: '范数',
  arrives: '从这里来',
  leaves: '由此去往前一步',
  ways: {
    direct: '直接',
    hidden: '经过 h',
    peepholes: '窥视孔',
    rest: '其余',
    total: '全部通路',
    belt: '传送带',
    forget: '遗忘门',
    input: '输入门',
    candidate: '候选值',
    output: '输出门',
    update: '更新门',
    slope: '激活函数',
    own: '自身权重',
    all: '全部权重',
  },
  measures: {
    jacobian: '雅可比范数',
    lyapunov: '李雅普诺夫指数',
    horizon: (state) => `${state} 的记忆跨度`,
  },
  jacobianSays: ({ median, largest, at }) =>
    `中位数 ${scientific(median)}，最大 ${scientific(largest)}（时间步 ${at + 1}）：一步${
      largest < 1 ? '总是缩小状态里的差别' : `最多能把状态里的差别放大到 ${scientific(largest)} 倍`
    }。`,
  lyapunovSays: ({ lyapunov, steps }) =>
    lyapunov === -Infinity
      ? '−∞：到最后一步，最初的状态什么也没有留下。'
      : `每步 ${fixed(lyapunov)}：${steps - 1} 步之后，状态里的微小差别至多是原来的 ${scientific(Math.exp(lyapunov * (steps - 1)))} 倍。`,
  horizonSays: (steps, length, threshold) =>
    Number.isNaN(steps)
      ? '无定义：最后一步没有有限的梯度。'
      : steps >= length
        ? `全部 ${length} 步：梯度处处不低于最后一步的 ${fixed(threshold * 100, 0)} %，第一步仍然学得到。`
        : `${length} 步中的 ${steps} 步：再往前，到达的梯度不足 ${fixed(threshold * 100, 0)} %，训练几乎学不到那里。`,
}

export const axisZh: typeof axisEn = {
  whole: '整个序列',
  shown: (from, to) => `第 ${from} 到 ${to} 步`,
  overview: (band) => `${band}，整个序列；每个像素取其中最强的一步。`,
  aggregated: (steps) => `每列 ${steps} 步`,
  aggregatedNote:
    '时间步太多，不能一步一列。梯度取一列中的最大值，门取均值（所选行另画范围），有正负的值取绝对值最大者。放大可看到单步。',
  beyond: (steps) => `右边还有 ${steps} 步`,
}

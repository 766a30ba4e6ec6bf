import { fixed, scientific } from '../viz/numbers.ts'
import type { axisEn, scoreEn } from './score-en.ts'

/** 总谱与门的检视。 */
export const scoreZh: typeof scoreEn = {
  shown: '谱线',
  values: '状态与门',
  gradients: '梯度与通路',
  order: '单元的次序',
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
  orderOf: (order) => `单元按${order}`,
  whatIf: '假如',
  before: '原来',
  laneHint: '双击一个输入，或按 Enter，就能改它',
  wasBefore: (before) => `原来是 ${before}`,
  pair: '最小对立对',
  pairNote: '读这一对里的另一句：主语换一个数',
  clear: '清除',
  editTitle: (t) => `时间步 ${t} 的输入`,
  editKeys: 'Enter：问“假如”。Esc：不改。',
  noSuchToken: '词表里没有。',
  noticed: '改变了回答',
  unnoticed: '没有察觉',
  fixed: '已固定',
  compared: '谱线显示',
  changed: '假如',
  original: '原来',
  differenceShort: '差',
  difference: '差别',
  differenceMost: (value) => `最大 ${value}`,
  differenceLabel: (value) => `改动带来的差别的范数，最大 ${value}`,
  bandBefore: (band) => `${band}，未改动时`,
  was: (value) => `原 ${value}`,
  figureOf: (example) => `样本 ${example}`,
  unitsCaption: (units) => `单元自上而下：${units}。`,
  sensitivityNote: '回答对每个输入的导数的范数，所有网络共用一个对数色标',
  sensitivityLabel: (most, at) => `回答对每个输入的导数，最大 ${most}，在时间步 ${at}`,
  weight: (share) => `为回答的最大导数的 ${share}，取面板中的网络`,
  undo: '撤销',
  redo: '重做',
  lockNote: '关闭、中间、打开各占多少；上锁即固定',
  scope: '固定哪些单元',
  allUnits: '全部单元',
  thisUnit: (unit) => `单元 ${unit}`,
  stepsFrom: '时间步',
  firstStep: '固定的第一个时间步',
  lastStep: '固定的最后一个时间步',
  lock: (what) => `固定或放开：${what}`,
  valueOf: (what) => `数值：${what}`,
  ablate: (unit) => `去掉单元 ${unit}`,
  freezeCell: '冻结 c',
  freezeHidden: '冻结 h',
  held: (held, name, write) => {
    const unit = held.unit === undefined ? '全部单元' : `单元 ${held.unit + 1}`
    if (held.kind === 'ablate') return `去掉${unit}`
    const steps = `时间步 ${held.from + 1} 到 ${held.to + 1}`
    if (held.kind === 'freeze') return `状态冻结，${unit}，${steps}`
    return `${name} = ${write(held.value)}，${unit}，${steps}`
  },
  free: '放开',
  find: '查找',
  findNote: '同样的单元还在哪里有相似的表现',
  findHint: '先标出一段：按住 Shift 在谱线上拖动，或按 Shift 加 ← →。',
  findRows: (units) => `画出的全部 ${units} 个单元`,
  findGo: (from, to) => `查找第 ${from} 到 ${to} 步`,
  findCancel: '够了',
  findTooLong: (steps) => `最多查找 ${steps} 步长的一段。`,
  findDone: (places, examined, all) => `在 ${all} 个样本中的 ${examined} 个里找到 ${places} 处，按相关性排列`,
  place: (example, from, to) => `样本 ${example}，第 ${from} 到 ${to} 步`,
  checkpoint: '显示的训练步',
  earlier: '更早的存档',
  later: '更晚的存档',
  playTraining: '播放训练过程',
  stopPlaying: '停止播放',
  lossOverTraining: '损失随训练的变化',
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

import type { LabErrorData } from '../../shared/errors.ts'
import type { enginesEn } from './engines-en.ts'

/** 引擎用英语说的计算方式；长的在前。 */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/^fused SIMD kernels with FMA/, '融合的 SIMD 内核（FMA）'],
  [/^fused SIMD kernels/, '融合的 SIMD 内核'],
  [/^whole layers on TensorFlow's products/, '用 TensorFlow 的乘法，整层计算'],
  [/^TensorFlow's own recurrent operations on /, 'TensorFlow 自己的循环运算，设备 '],
  [/^TensorFlow's own recurrent operations/, 'TensorFlow 自己的循环运算'],
  [/^TensorFlow\.js on WebGPU, op by op/, 'WebGPU 上的 TensorFlow.js，逐个运算'],
  [/, one thread$/, '，1 个线程'],
  [/, (\d+) threads$/, '，$1 个线程'],
]

/** 引擎页，以及别处说到引擎的地方。 */
export const enginesZh: typeof enginesEn = {
  title: '引擎',
  subtitle: '用什么计算',
  list: '本机的引擎',
  names: {
    wasm: 'WebAssembly',
    'tensorflow-cpu': 'TensorFlow CPU',
    'tensorflow-cuda': 'TensorFlow CUDA 12',
    webgpu: 'WebGPU',
  },
  computes: (description) => phrases.reduce((text, [english, chinese]) => text.replace(english, chinese), description),
  about: {
    wasm: '实验室自己的内核，用上每个核心。一直都在；线程数不同，结果也逐位相同。',
    'tensorflow-cpu': '在处理器上用 TensorFlow 自己的运算。',
    'tensorflow-cuda': '在 NVIDIA GPU 上用 TensorFlow 自己的运算，适合长序列和宽的层。',
    webgpu: '用实验室自己的着色器，较新的 GPU 都行，不用下载。',
  },
  states: {
    ready: '可用',
    inUse: '使用中',
    'not-installed': '未安装',
    unavailable: '不可用',
    install: '安装中',
    verify: '检查中',
  },
  loading: '正在逐个启动引擎，看它能不能计算。',
  facts: { computes: '计算方式', device: '设备', version: '版本', size: '占用磁盘', experiments: '正在训练' },
  builtIn: '内置',
  packSize: (size) => `${size}，可以移除`,
  memory: (size) => `显存 ${size}`,
  nobody: '没有实验',
  install: '安装',
  installAgain: '重新安装',
  fromFile: '从文件安装',
  verify: '检查',
  remove: '移除',
  cancel: '取消',
  cancelling: '正在取消',
  dismiss: '知道了',
  installing: {
    network: '由本机的 pip 按它的配置去取 TensorFlow：实验室只有这一次要用网络。',
    file: '这台电脑上已经有 wheel 文件的话，就不用网络。',
    room: (size) => `安装时最多占用 ${size} 磁盘，装好后会少一些。`,
    test: '结果与 PyTorch 一致才会启用。',
  },
  files: {
    label: '这台电脑上的 wheel 文件',
    note: '.whl 文件的完整路径，每行一个',
    choose: '选择文件',
    start: '用这些文件安装',
  },
  removing: {
    title: (name) => `要移除 ${name} 吗？`,
    text: (size) => `会全部删掉，腾出 ${size} 磁盘。`,
    after: '用它训练过的实验都还在，会换别的引擎继续，舍入会有差别。想再用就得重新安装，要有网络或文件。',
    keep: '留着',
  },
  stages: {
    download: '取 TensorFlow',
    unpack: '解开，逐个核对库的哈希',
    compile: '编译接口',
    check: '逐个核对文件的哈希',
    test: '与 PyTorch 比较',
  },
  stageDone: '已完成',
  stageNow: '进行中',
  stageNext: '未开始',
  progress: (done, total) => `${done} / ${total}`,
  pace: (rate, time) => `每秒 ${rate}，${time}`,
  seconds: (seconds) => `约剩 ${seconds} 秒`,
  minutes: (minutes) => `约剩 ${minutes} 分钟`,
  goesOn: '关掉页面也会继续。',
  ends: {
    install: {
      done: (name) => `${name} 已装好，自检通过。`,
      failed: (name) => `${name} 没有装上。`,
      cancelled: '安装已取消，没有留下半成品。',
    },
    verify: {
      done: (name) => `${name} 检查通过。`,
      failed: (name) => `${name} 没有通过检查。`,
      cancelled: '检查已取消，上一次的结果仍然有效。',
    },
  },
  failure: (error) => sentence(error),
  unusable: (name) => `${name} 不能用。`,
  original: '原文',
  auto: {
    title: 'auto 会选哪个',
    about: '新实验用对它最大的一层最快的引擎：先在每个引擎上各训练几步来比较。',
    alone: (name) => `这里只有 ${name} 可用，没有别的可选。`,
    unmeasured: '还没有测过：第一个实验开始时会测。',
    problem: (cell, time, units, batch) => `${cell}，T = ${time}，${units} 个单元，批大小 ${batch}`,
    layer: '层',
    timings: '每个训练步',
    takes: '选用',
    ms: (value) => `${value} 毫秒`,
    chosen: '由 auto 选定',
    asked: '由你指定',
    measured: (timings) => `auto：${timings}`,
    only: 'auto：没有别的可用',
  },
  tests: {
    title: '自检',
    about: '每种网络的前向结果和梯度与 PyTorch 比较：最大相对误差。',
    engine: '引擎',
    error: '误差',
    limit: '限值',
    at: '时间',
    none: '未运行',
    within: '在限值内',
    over: '超出限值',
    unsupported: (operations) => `不支持：${operations}`,
    note: '没有通过自检的引擎不会被使用，但仍列在这里，附上误差。',
  },
  setup: { label: '引擎', auto: 'auto：最快的', note: '用什么计算，会随实验记下来' },
  on: (name) => `引擎 ${name}`,
  why: (name, reason) => `用 ${name} 训练（${reason}）`,
  busyChip: (name, what) => `${name}：${what}`,
}

/** 引擎出错时的说法；原文另附在下面。 */
function sentence({ code, details: d = {} }: LabErrorData): { readonly message: string; readonly hint: string } {
  const file = d.file === undefined ? '' : `${d.file}：`
  switch (code) {
    case 'format-invalid':
      return { message: `${file}不是完好的 wheel 文件。`, hint: '请重新下载，或换一个以 .whl 结尾的文件。' }
    case 'file-missing':
      return { message: `${file}没有这个文件。`, hint: '请检查路径，要写完整路径。' }
    case 'workspace-in-use':
      return { message: '另一个 Unroll 正在安装引擎。', hint: '等它完成，或结束它。' }
    case 'workspace-invalid':
      return { message: '放引擎的文件夹不能用，或空间不够。', hint: '请腾出空间，或用 UNROLL_ENGINES 换一个文件夹。' }
    case 'busy':
      if (d.experiment !== undefined) {
        return { message: `“${d.experiment}”正在用 ${d.engine} 训练。`, hint: '请先停止它，或等它完成，再移除引擎。' }
      }
      return { message: `${d.engine ?? '引擎'} 正在安装或检查。`, hint: '等它完成，或先取消。' }
    case 'engine-unavailable':
      return cudaSentence(d) ?? { message: '原因见下面的原文。', hint: '' }
    case 'engine-died':
      return { message: '引擎意外退出了。', hint: '请再检查一次，或重新安装。' }
    case 'not-found':
      return { message: '这个引擎没有安装。', hint: '' }
    default:
      return { message: '原因见下面的原文。', hint: '' }
  }
}

/** 用不了 CUDA 的原因；不是 CUDA 的问题时没有。 */
function cudaSentence(d: NonNullable<LabErrorData['details']>): { message: string; hint: string } | undefined {
  const update = '请安装 NVIDIA 或系统提供的最新驱动，然后重启。'
  switch (d.cuda) {
    case 'no-driver':
      return {
        message: '本机没有 NVIDIA 驱动。',
        hint: `有 NVIDIA GPU 的话，${update}没有就用 TensorFlow CPU 或 WebAssembly。`,
      }
    case 'driver-too-old':
      return { message: `NVIDIA 驱动 ${d.driver} 太旧，CUDA 12 至少要 ${d.needed}。`, hint: update }
    case 'hidden':
      return {
        message: 'CUDA_VISIBLE_DEVICES 把 GPU 都藏起来了。',
        hint: '请取消这个变量，或写上 nvidia-smi -L 列出的设备。',
      }
    case 'no-device':
      return {
        message: '驱动在，但找不到能用的 GPU。',
        hint: 'nvidia-smi 要能列出它；更新驱动后要重启，容器要加 --gpus all。',
      }
    case 'too-little-memory':
      return {
        message: `${d.device} 只剩 ${d.free} MiB 显存，训练至少要 ${d.needed} MiB。`,
        hint: '请关闭其他占用 GPU 的程序，或用 CUDA_VISIBLE_DEVICES 换一个。',
      }
    case 'on-cpu':
      return { message: 'TensorFlow 没有用 GPU，而是在处理器上计算。', hint: '请重新安装这个引擎，或看下面的原文。' }
    default:
      return undefined
  }
}

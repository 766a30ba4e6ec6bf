import type { LabErrorData } from '../../shared/errors.ts'
import { dataZh } from './data-zh.ts'
import type { Messages } from './en.ts'
import { enginesZh } from './engines-zh.ts'
import { modelsZh } from './models-zh.ts'
import { axisZh, scoreZh } from './score-zh.ts'
import { setupZh } from './setup-zh.ts'
import { tasksZh } from './tasks-zh.ts'

/** 中文。缺一条就编译不过。 */
export const zh: Messages = {
  app: {
    home: 'Unroll 首页',
    tabs: { train: '训练', answers: '答案', inspect: '检视', export: '导出' },
    workflow: '实验',
    theme: { toDark: '深色主题', toLight: '浅色主题' },
    language: '语言',
    keys: '键盘一览',
    close: '关闭',
    engineReady: (description) => `引擎就绪：${description}`,
    engineMissing: '没有可用的引擎',
    dropFile: '松手即可用这个 .txt 或 .csv 文件训练',
    dropSequences: '把文件拖到这里，作为序列导入',
  },
  faithfulness: {
    title: '可信度',
    about:
      '梯度图有多可信，取决于背后的数字。实验室在本机和当前引擎上检验自己的数字：与 PyTorch 比较，与双精度下损失的斜率比较，也与自身比较。',
    run: '开始检验',
    again: '再检验一次',
    stop: '做完这项后停止',
    copy: '复制为文本',
    copied: '已复制',
    notYet: '尚未检验。全部完成需数秒，较慢的引擎约需半分钟。',
    sum: (done: number, all: number, figures: number, over: number) =>
      `已完成 ${done}/${all} 项，共 ${figures} 个数值：${over ? `${over} 个超出限值。` : '全部在限值之内。'}`,
    within: '在限值内',
    over: '超出限值',
    failed: '无法运行',
    running: '检验中',
    waiting: '未运行',
    of: '单元',
    figure: '数值',
    limit: '限值',
    seconds: (seconds: string) => `${seconds} 秒`,
    checks: {
      goldens: { name: '与 PyTorch 一致', text: '任一时间步上状态、门或梯度与 PyTorch 双精度结果的最大相对差。' },
      'finite-differences': {
        name: '梯度即斜率',
        text: '逐一微调权重、输入和状态，以双精度求得损失的斜率，与每个梯度比较。',
      },
      paths: { name: '各路径之和', text: '梯度到达细胞状态的每条路径与其公式比较，各路径之和与总梯度比较。' },
      padding: { name: '填充不影响结果', text: '填充部分全为 NaN 的序列，与没有填充的同一序列比较。' },
      'batch-order': { name: '顺序不影响结果', text: '把批次倒序，与原来的批次比较。' },
      decay: {
        name: '衰减与雅可比一致',
        text: '未训练网络的梯度在每一步还剩多少，与双精度雅可比矩阵之积所给出的大小比较。',
      },
      'same-bits': { name: '同一种子，逐位相同', text: '同一种子的两次训练之间不同的数字个数。' },
      resume: { name: '继续训练等于从未停下', text: '中途停止再继续的训练，与不中断的训练之间不同的数字个数。' },
      leaks: { name: '不留残余', text: '训练 1,000 步之后，引擎比之前多占用的对象数。' },
    },
  },
  connection: {
    lost: '与实验室的连接断了，正在重连。如果实验室重新启动过，请打开它新印出的地址。',
    noToken: {
      title: '请打开终端里印出的地址',
      text: '地址里 # 号后面带着这个页面需要的钥匙。地址找不到了，就再运行一次 npm start。',
    },
    refused: {
      title: '实验室没有应答',
      text: '它已经关闭，或者这个页面属于更早的一次启动。请打开终端里印出的地址；这个页面会继续尝试。',
    },
    connecting: '正在连接实验室',
  },
  undo: {
    deleted: (name) => `已删除“${name}”。`,
    undo: '撤销',
    dismiss: '知道了',
  },
  cells: {
    rnn: 'RNN',
    lstm: 'LSTM',
    'lstm-peephole': '窥视孔 LSTM',
    'lstm-coupled': '耦合门 LSTM',
    gru: 'GRU',
    'gru-original': '原版 GRU',
  },
  cellNotes: {
    rnn: '一层，没有门',
    lstm: '遗忘门、输入门、输出门',
    'lstm-peephole': '门也能看到细胞状态',
    'lstm-coupled': '忘掉多少就写入多少：i = 1 − f',
    gru: '重置门和更新门，没有细胞状态',
    'gru-original': '先重置状态，再乘权重',
  },
  ...tasksZh,
  states: {
    ready: '未开始',
    training: '训练中',
    paused: '已暂停',
    done: '已完成',
    failed: '因错误停止',
    interrupted: '被中断',
  },
  home: {
    claims: {
      none: '看两个网络各能从多远之前学到东西。',
      fades: '有一个网络，学习信号传着传着就没了。',
      forgets: '一个网络忘了，另一个记住了。',
    },
    explain: '学习信号从答案往回传，每个时间步能收到多少。',
    measuredOn: (name) => `取自“${name}”的最后一个训练步。`,
    notMeasured: '斜线：尚未测量。',
    start: '训练 RNN 和 LSTM',
    starting: '正在开始',
    startNote: '加法任务，50 个时间步，各 32 个单元，1200 个训练步。',
    caveat: '梯度消失还不等于遗忘：要看测试过的答案才知道。',
    answers: (verdict, metric) => `答案：${verdict}，${metric}`,
    verdicts: {
      solved: '学会了',
      partly: '好过瞎猜',
      behind: '好过瞎猜',
      guessing: '瞎猜水平',
      worse: '不如瞎猜',
      broken: '不是有限数',
    },
    ofFew: (metric, n) => `仅 ${n} 个样本的 ${metric}`,
    horizon: (steps, all) => (all ? `全部 ${steps} 步` : `往回 ${steps} 步`),
    horizonUndefined: '最后一步没有梯度',
    horizonTitle: '记忆跨度',
    share: '全部',
    startHeading: '开始',
    starts: {
      distance: { title: '隔着距离记住', text: '加法、复述、次序、奇偶，长度随你定' },
      language: { title: '语法与语言', text: '线索、主语、字符串，答案离得很远' },
      series: { title: '序列', text: '波、噪声，和一个乘了很多次的权重' },
      own: { title: '打开你自己的文件', text: '文本或 CSV，拖进窗口任何位置都行' },
    },
    recent: '实验',
    recentEmpty: '还没有实验。第一个会出现在这里。',
    datasets: '文件',
    datasetsEmpty: '还没有文件。打开一个 .txt 或 .csv。',
    openFile: '打开文件',
    importing: (name) => `正在读取 ${name}`,
    trainOn: '用它训练',
    like: '用同样的设置新建实验',
    rename: '重命名',
    renameLabel: (name) => `${name} 的新名称`,
    delete: '删除',
    open: (name) => `打开 ${name}`,
    noRuns: '未开始',
    trainingAt: (step) => `训练中，第 ${step} 步`,
    result: '验证损失',
    rows: (n, columns) => `${n} 行，${columns} 个数值列`,
    characters: (n, encoding) => `${n} 个字符，${encoding}`,
    thumbnail: (run) => `${run} 训练过程中的梯度流`,
    offline: '可离线使用，数据不离开这台电脑。',
  },
  data: dataZh,
  setup: setupZh,
  engines: enginesZh,
  train: {
    pinned: '已钉住，Esc 放开',
    facts: (cells, batch, rate) => `${cells > 1 ? '批次相同，' : ''}批大小 ${batch}，学习率 ${rate}`,
    seed: (seed) => `随机种子 ${seed}`,
    carried: '传递的状态',
    hiddenOnly: '只看 h',
    shown: '显示哪个梯度',
    units: (units, weights) => `${units} 个单元 · ${weights} 个权重`,
    memory: (size) => `内存 ${size}`,
    layers: (layers) => `${layers} 层`,
    forgetBias: (bias) => `遗忘门偏置 ${bias}`,
    perStep: '每步权重各自独立',
    horizon: '记忆跨度',
    horizonNote:
      '从最后一步往回，梯度范数第一次低于最后一步 1 % 时走过的步数。梯度消失不等于遗忘：请看“答案”。图里的折线取相邻几行的中位数。',
    horizonOf: (steps) => `/ ${steps}`,
    horizonAll: (steps) => `全部 ${steps}`,
    steps: '步',
    timeStep: '时间步',
    flow: '梯度流',
    flowNote: '每行是训练中的一刻，最新的在最下面',
    atStep: (step) => `第 ${step} 训练步`,
    atNone: '还没有训练步',
    others: '灰色：其他网络',
    stepTag: (step) => `第 ${step} 步`,
    ofBatch: (examples) => `${examples} 个样本的批次`,
    ofBatchNote: '对那一步批次里的样本取均方根：每个样本在这里读的输入都不同。单个样本见总谱。',
    at: '在',
    under: '低于 1 %：往回',
    underSteps: (steps) => `${steps} 步`,
    reaches: '能传到第一步',
    undefined: '最后一步没有梯度',
    zero: '0（零或下溢）',
    noStep: '没有这一步',
    ragged: '序列靠右对齐；点阵：批次里没有这么长的。',
    loss: '损失',
    lossNote: '对数轴；粗：验证集，细：批次',
    fewValidated: (n) => `仅 ${n} 个验证样本，附 95 % 区间`,
    horizonCurve: '记忆跨度',
    horizonCurveNote: '步',
    validation: '验证集',
    batch: '批次',
    play: '训练',
    pause: '暂停',
    one: '训练一步',
    stop: '停止并释放引擎',
    scrub: '显示的训练步',
    scrubValue: (step, total) => `第 ${step} 步，共 ${total} 步`,
    step: '训练步',
    stepShown: '显示的训练步',
    follow: '跟随训练',
    toLatest: '回到最新一步',
    of: (total) => `/ ${total}`,
    speed: '速度',
    perSecond: '步/秒',
    left: '剩余',
    extend: '再训练几步',
    continue: '继续',
    large: (size) => `所有网络更新一次最多需要 ${size} 内存。序列更短、批次更小或单元更少，需要的内存就更少。`,
    startAnyway: '开始训练',
    interrupted: (step) => `训练在第 ${step} 步被中断。到那里为止都保存着。`,
    nanTitle: (step) => `第 ${step} 步的损失不再是有限数`,
    nanText: (step) => `梯度大到数字装不下了。第 ${step} 步的状态已保留。减小学习率或截断梯度可以避免。`,
    nanOthers: '另一个网络继续训练。',
    failedTitle: '这个网络停下了',
    empty: '训练第一步之后，这里就有内容。',
    waterfall: (run, row, horizon) => `${run}：训练过程中每个时间步的梯度范数。${row}记忆跨度 ${horizon}。`,
    waterfallRow: (step, first, last) => `第 ${step} 训练步：第一个时间步 ${first}，最后一步 ${last}。`,
    profile: (run, lowest, highest) => `${run}：各时间步的梯度范数，从 ${lowest} 到 ${highest}，对数轴。`,
    curve: (what, parts) => `${what}随训练步的变化。${parts}`,
    curvePart: (run, value) => `${run} ${value}。`,
    curves: '训练曲线',
    region: '每个网络的梯度流',
  },
  legend: {
    clipped: '有值超出色标上限，用最后一种颜色画',
    decades: (count) => `${count} 个数量级`,
    decadesNote: '色标的数量级',
    pin: '让色标的上限保持不动',
    zero: '恰好为 0，或下溢',
    nan: '不是数，或无穷大',
    gradient: (low, high) => `梯度范数，对数，从 ${low} 到 ${high}`,
  },
  answers: {
    title: '答案',
    facts: (examples) => `用测试集里 ${examples} 个没有见过的样本`,
    refresh: '重新测量',
    waiting: '正在计算答案',
    untrained: '还没有训练，没有答案可看。',
    table: '测试集上的成绩',
    run: '网络',
    step: '训练步',
    solved: (run, metric, value, guess) => `${run}：${metric} ${value}，瞎猜是 ${guess}。它学会了。`,
    partly: (run, metric, value, guess) => `${run}：${metric} ${value}，瞎猜是 ${guess}。比瞎猜好。`,
    guessing: (run, metric, value, guess) => `${run}：${metric} ${value}，瞎猜是 ${guess}。与瞎猜差不多。`,
    worse: (run, metric, value, guess) => `${run}：${metric} ${value}，瞎猜是 ${guess}。还不如瞎猜。`,
    behind: (run, metric, value, guess, other, otherValue) =>
      `${run}：${metric} ${value}，瞎猜是 ${guess}。比瞎猜好，但还不如“${other}”（${otherValue}）。`,
    broken: (run) => `${run}：答案不是有限数。`,
    ofExamples: (n, interval) => `共 ${n} 个样本，95 % 区间 ${interval} %`,
    fewExamples: (n, interval) => `仅 ${n} 个样本：95 % 区间是 ${interval} %，对其他样本说明不了多少。`,
    truth: '真实值',
    predicted: '预测值',
    scatterTitle: '预测值与真值',
    scatterNote: '一个记号是一个样本；落在虚线上就是答对了。',
    scatter: (run, loss) => `${run}：预测值对真实值，测试损失 ${loss}。`,
    forecast: (target) => `${target}，测试集部分`,
    forecastNote: '灰色：实测；彩色：网络的回答，每个都只看前面的窗口',
    forecastCaption: (from, to) =>
      `测试部分第 ${from} 到 ${to} 行。灰色：测得的值；彩色：网络的回答，各由之前的窗口得出；点线：重复上一个值。`,
    seriesTitle: '每一步的回答',
    forecastLabel: (run, loss) => `${run} 的预测与实测序列，损失 ${loss}。`,
    byTag: (metric, tag) => `${metric}，按${tag}`,
    beyondTraining: '超出训练范围',
    chance: '猜测',
    intervalNote: '点：下方所示样本数中答对的份额；竖线：其 95 % 区间（Wilson）；点线：猜测的水平。',
    intervalNoteOfSteps:
      '点：答对的步所占的份额，对下方所示样本取平均；竖线：其 95 % 区间（Wilson），按样本而非按步计数，因此只会偏宽；点线：猜测的水平。',
    interval: (run, share, low, high) => `${run} ${share} %（${low}–${high}）`,
    binExamples: (count) => `${count} 个样本`,
    confusionTitle: '各真实类别的回答',
    confusionNote: '测试样本：每行是真实类别，每列是回答；带框的是答对的。',
    confusion: (run) => `${run}：真实类别对回答`,
    wrong: '答错',
    wrongTitle: '答错的样本',
    wrongOf: (n) => `答错 ${n} 个`,
    wrongCount: (n, all) => `${all} 个测试样本中的 ${n} 个`,
    wrongAll: '显示全部答错的样本',
    wrongShown: (from, to) => `第 ${from} 到 ${to} 个`,
    wrongBefore: '前面的样本',
    wrongAfter: '后面的样本',
    wrongExample: '样本',
    wrongInputs: '输入',
    wrongExpected: '正确答案',
    wrongAnswered: '回答',
    wrongShare: '概率',
    wrongStep: (step) => `（第 ${step} 步）`,
    wrongOpen: (n) => `检视样本 ${n}`,
    wrongCell: (truth, answered) => `“${truth}”答成“${answered}”`,
    wrongCellOpen: (n, truth, answered) => `${n} 个“${truth}”答成“${answered}”，查看`,
    noneWrong: (run, all) => `${run} 答对了全部 ${all} 个测试样本。`,
    noneWrongHere: (run) => `${run} 没有这样答错的样本。`,
    seriesNote: '带下划线：答错',
    grammarNote: '带下划线：接着来的是另一个符号，语法可能两个都允许',
    seriesForecastNote: '灰色：实测；彩色：网络的回答，每个都只看前面的值',
    showing: (from, to, count) => `第 ${from} 到 ${to} 行，共 ${count} 行`,
    window: '从第几行开始',
    sample: '续写文本',
    prompt: '开头',
    temperature: '温度',
    temperatureNote: '0 总取最可能的',
    length: '字符数',
    write: '续写',
    writing: '正在写',
    sampleEmpty: '每个网络都接着同一个开头往下写。',
    baseline: '基线',
    loss: { mse: '均方误差', 'cross-entropy': '交叉熵（nat）', bce: '二元交叉熵' },
  },
  inspect: {
    inputs: { value: '数值', marker: '标记', bit: '位', impulse: '脉冲' },
    title: '检视',
    example: (n, count) => `样本 ${n} / ${count}`,
    previous: '上一个样本',
    next: '下一个样本',
    number: '样本编号',
    relative: '相对',
    raw: '原始',
    shown: '梯度范数',
    waiting: '正在追踪这个样本',
    emptyText: '还没有训练，没有真实的东西可看。',
    trainSome: '去训练',
    showUntrained: '看看没训练过的网络',
    timeStep: '时间步',
    token: '词元',
    target: '正确答案',
    answers: '回答',
    off: (error) => `相差 ${error}`,
    right: '对',
    wrong: '错',
    hidden: '隐藏状态',
    cell: '细胞状态',
    gates: {
      forget: '遗忘门',
      input: '输入门',
      candidate: '候选值',
      output: '输出门',
      reset: '重置门',
      update: '更新门',
    },
    product: (gate) => `${gate} 的连乘`,
    saturated: (share) => `${share} 饱和`,
    saturatedNote: '|h| 大于 0.9 的占比',
    flat: (share) => `${share} 接近 0 或 1`,
    flatNote: 'h 小于 0.1 或大于 0.9 的占比',
    dead: (units, of) => `${of} 个单元中 ${units} 个死了`,
    deadNote: '每一步 h 都是 0 的单元',
    notFinite: '不是有限数',
    noFinite: '没有有限的值',
    spine: '传到每一步的梯度',
    spineRelative: '各单元合起来的范数，相对于最后一步；所有网络共用一个对数色标',
    spineRaw: '各单元合起来的范数；所有网络共用一个对数色标',
    atCursor: '光标处',
    horizon: '跨度（步）',
    horizonSteps: (steps, all) => (all ? `全部 ${steps}` : String(steps)),
    all: (units) => `${units} 个单元`,
    unit: (unit, count) => `单元 ${unit} / ${count}`,
    previousUnit: '上一个单元',
    nextUnit: '下一个单元',
    pickRun: '右栏显示的网络',
    forgetStep: '遗忘',
    forgetNote: '旧状态留下多少',
    storeStep: '写入',
    storeNote: '新内容进来多少',
    updateStep: '更新',
    outputStep: '输出',
    stateStep: '状态',
    stateNote: '全部记忆，每一步都重写',
    recallStep: '回想',
    recallNote: '来自旧状态的所有单元',
    readStep: '读入',
    readNote: '来自输入和偏置',
    resetStep: '重置',
    resetNote: '读多少旧状态',
    candidateStep: '候选',
    candidateNote: '新内容会是什么',
    mixNote: '旧状态留下多少',
    backward: '反向',
    panel: '光标处的数值',
    score: '各时间步的信号',
    saturation: '门',
    saturationNote: '这个样本里关、中间、开各占多少',
    staff: (run, what, units, steps, values, at) =>
      `${run}，${what}，${units} 个单元，${steps} 个时间步，${values}。${at}`,
    fromTo: (least, largest) => `从 ${least} 到 ${largest}`,
    staffAt: (unit, t, value) => `单元 ${unit}，时间步 ${t}：${value}。`,
    band: (name, first, last) => `${name}：时间步 1 处 ${first}，最后一步 ${last}。`,
    cellDiagram: (t, unit) => `时间步 ${t}、单元 ${unit} 的细胞`,
  },
  axis: axisZh,
  models: modelsZh,
  score: scoreZh,
  exports: {
    title: '导出',
    models: '模型',
    modelsNote: (step) => `训练到第 ${step} 步`,
    charts: '图',
    chartsNote: '与屏幕上完全相同的数值，PNG 为两倍尺寸',
    formats: { model: '模型文件夹', tfjs: 'TensorFlow.js' },
    formatNotes: {
      model: 'model.json 和 model.safetensors，名称与 PyTorch 相同，附训练记录',
      tfjs: 'model.json 和权重，用 tf.loadLayersModel 打开',
    },
    flow: '梯度流',
    flowNote: '时间步 × 训练步',
    loss: '损失',
    lossNote: '所有网络的训练过程',
    metricNote: '所有网络的训练过程',
    profile: '各时间步的梯度',
    profileNote: (step) => `所有网络，第 ${step} 训练步`,
    download: (what, format) => `${what}，${format}`,
    table: (what) => `把${what}显示为表格`,
    tableCut: (shown, all) => `${all} 行中的前 ${shown} 行；CSV 里是全部。`,
    copy: (what) => `把${what}作为图片复制`,
    saved: (name) => `已交给浏览器下载：${name}`,
    empty: '还没有训练，没有可以带走的东西。',
    previewTitle: '预览',
    caption: {
      flow: '传递的状态的梯度范数：横向为时间步，纵向向下为训练步，所有网络共用一个对数色标。折线：记忆跨度，取相邻几行的中位数。',
      loss: '训练过程中的损失，对数轴。粗线：验证集；细线：训练批次；虚线：瞎猜。',
      metric: '训练过程中验证集上的指标；虚线：瞎猜。',
      horizon: '训练过程中传递的状态的记忆跨度：往回多少步，梯度流首次低于最后一步的 1 %。',
      profile: '每个时间步上传递的状态的梯度范数。虚线：最后一步的 1 %。',
    },
    trainingStep: '训练步',
  },
  keys: {
    title: '键盘一览',
    cursor: '上一个、下一个时间步',
    ends: '第一个、最后一个时间步',
    unit: '上一个、下一个单元（检视）',
    row: '总谱的上一行、下一行',
    corners: '总谱的第一格、最后一格',
    mark: '标出一段时间',
    zoom: '放大、缩小、全部；也可用滚轮',
    enter: '修改输入；在谱线上则画出全部单元',
    escape: '关闭、取消标记、清除“假如”',
    undo: '撤销、重做“假如”',
    locks: '固定或放开 LSTM 的门',
    gruLocks: '固定或放开 GRU 的门',
    stages: '逐步讲解：遗忘、写入、更新、输出、反向',
    relative: '相对、原始',
    playPause: '训练、暂停；播放训练过程（检视）',
    one: '训练一步（训练）',
    scrub: '更早、更晚的训练步',
    scrubEnds: '第一个、最后一个训练步',
    example: '上一个、下一个样本（检视）',
    export: '带走显示的内容（检视、数据）',
    tabs: '训练、答案、检视、导出',
    this: '这张表',
  },
  errors: {
    unknown: '出了意料之外的问题。',
    connectionLost: '操作进行中连接断了，请再试一次。',
    message: (error) => sentence(error).message,
    hint: (error) => sentence(error).hint,
  },
}

/** “data.csv 第 3 行，列 co2：” 里知道多少写多少。 */
function place(error: LabErrorData): string {
  const { file, line, row, column, field } = error.details ?? {}
  const parts = [
    file !== undefined && `${file}`,
    line !== undefined ? `第 ${line} 行` : row !== undefined && `第 ${row} 行`,
    column !== undefined && `列 ${column}`,
    field !== undefined && `${field}`,
  ].filter(Boolean)
  return parts.length ? `${parts.join('，')}：` : ''
}

/** 被拒绝的设置该怎么改；界限是数时写出来。 */
function remedy({ details: d = {} }: LabErrorData): string {
  const field = String(d.field ?? '')
  if (/^task\.(max|test)/.test(field) && typeof d.limit === 'number') return `请改成不小于 ${d.limit} 的数。`
  if (field === 'task.unseen') return `请改成不大于 ${d.limit} 的数。`
  if (field === 'task.factor') return '请更接近 1，或减小长度：答案太大或太小都学不了。'
  if (field.endsWith('.matchParametersOf')) return '单元数到上限也没有那么多参数：请减少对方的单元数，或增加层数。'
  return '请改成允许的值。'
}

const zhParts: Readonly<Record<string, string>> = { train: '训练', validation: '验证', test: '测试' }

type Sentence = { readonly message: string; readonly hint: string }

function sentence(error: LabErrorData): Sentence {
  const d = error.details ?? {}
  const say = (message: string, hint: string): Sentence => ({ message: place(error) + message, hint })
  if (error.code === 'engine-unavailable' && d.engine !== undefined) {
    return say(`引擎 ${d.engine} 不能用。`, '请在引擎页查看原因，或换一个引擎。')
  }
  switch (error.code) {
    case 'spec-invalid':
      if (d.field === 'columns') return { message: '这些列还组不成序列。', hint: '请至少把一列选为输入。' }
      if (d.field === 'target')
        return { message: '这些列还组不成序列。', hint: '词元序列的答案是类别、每个词元的标签或下一个词元。' }
      return say(`设置不对。${d.value === undefined ? '' : `现在是 ${d.value}。`}`, remedy(error))
    case 'file-missing':
      return say('找不到这个文件。', '请检查文件是否还在。')
    case 'file-empty':
      return say('文件是空的。', '请换一个有内容的文件。')
    case 'file-binary':
      return say('这是二进制文件，不是文本。', '请打开 .txt 或 .csv 文件。')
    case 'file-encoding':
      return say('编码既不是 UTF-8 也不是 GB18030。', '请把文件另存为 UTF-8。')
    case 'file-too-large':
      return say('文件太大。', '请截取一部分再打开。')
    case 'text-too-short':
      return say('文本比窗口还短。', '请用更长的文本，或减小窗口。')
    case 'csv-no-column':
      return say('没有这个数值列。', d.columns ? `可选的列：${d.columns}。` : '请换一列。')
    case 'csv-ragged':
      return say('这一行的字段数和表头不一致。', '请改好这一行再打开。')
    case 'csv-not-a-number':
      return say(`数值列里有不是数的内容${d.value === undefined ? '' : `“${d.value}”`}。`, '请改好这一格再打开。')
    case 'csv-too-short':
      return say('行数比窗口还少。', '请用更多的行，或减小窗口。')
    case 'csv-no-header':
      return say('第一行不是列名。', '请在第一行写上列名。')
    case 'model-invalid':
      return say(
        `这个模型打不开。${d.tensor === undefined ? '' : `张量 ${d.tensor} 不合适。`}`,
        '请检查 model.json 与权重是否配套；权重里应当只有一个单向的循环部分、一个线性输出层和最多一个嵌入层。',
      )
    case 'batch-invalid':
      return say(
        `这批数据与模型对不上。${d.array === undefined ? '' : `数组 ${d.array} 不合适。`}`,
        '请按模型的输入和目标重新保存。',
      )
    case 'row-invalid':
      return say('这一行的内容和数据集不符。', '请改好再试。')
    case 'rows-fixed':
      if (d.version !== undefined) return say(`第 ${d.version} 版保持原样。`, '请先恢复它，再编辑。')
      return say('这些行是实时生成的，不能编辑。', '请先冻结。')
    case 'set-incomplete':
      return say(`“${zhParts[String(d.part)] ?? d.part}”部分没有可用的行。`, '请重新划分，或先修好有问题的行。')
    case 'name-taken':
      return say(`已有名为“${d.value}”的数据集。`, '请换一个名字。')
    case 'not-found':
      if (d.count !== undefined) return say('没有这个例子。', `可以选第 1 到第 ${d.count} 个。`)
      if (d.step !== undefined) return say('这个训练步的状态没有存下来。', '请选列出的训练步，或当前状态。')
      return say('它已经不在了。', '可能已被删除，请回到首页。')
    case 'format-invalid':
      return say('这个文件的格式不对，或已损坏。', '请换一个完好的文件。')
    case 'busy':
      return say('现在不能这样做。', '请等当前的操作结束，或先停止训练。')
    case 'engine-died':
      return say('计算引擎意外退出了。', '最后保存的状态还在，可以继续。')
    case 'engine-unavailable':
      return say('没有可用的计算引擎。', '请在终端运行 unroll doctor 查看原因。')
    case 'out-of-memory':
      return say('内存不够。', '关闭其他程序后可从最后保存的状态继续，也可以减小批量、单元数或序列长度。')
    case 'loss-not-finite':
      return say('损失不再是有限数。', '减小学习率或截断梯度。')
    case 'workspace-invalid':
      return say('工作区文件夹不能用。', '请检查权限，或换一个文件夹。')
    case 'disk-full':
      return say('磁盘已满，这一步没有保存。', '请腾出空间再做一次；此前保存的都在。')
    case 'read-only':
      return say(
        '工作区所在的磁盘是只读的，这一步没有保存。',
        '请改为可写，或用 --workspace 换一个文件夹；此前保存的都在。',
      )
    case 'workspace-in-use':
      return say('工作区正被另一个 Unroll 使用。', '请先关闭那一个。')
    default:
      return { message: error.message, hint: error.hint }
  }
}

import { type Frame, teller } from './clue.ts'
import { split } from './sentences.ts'

export const tastes = ['甜', '辣', '酸', '咸', '苦'] as const

/** What tastes so, in the order of `tastes`. */
const foods = [
  '冰糖 蜂蜜 西瓜 蛋糕 麦芽糖 红枣',
  '辣椒 芥末 朝天椒 辣酱 剁椒 泡椒',
  '柠檬 陈醋 山楂 杨梅 青梅 酸菜',
  '咸菜 酱油 咸鱼 海水 腌肉 咸蛋',
  '苦瓜 黄连 中药 莲心 黑咖啡 苦丁茶',
].map(split)

const people = split('小明 小红 爷爷 表弟 阿姨 老李 表姐 同桌')
const startedBy = (...texts: string[]) => people.flatMap((person) => texts.map((text) => split(`${person} ${text}`)))

const storyEndings = [
  '只 说 真',
  '最后 说 真',
  '最后 说 味道 真',
  '开口 就 说 味道 真',
  '只 说 了 句 ： 真',
  '回头 对 大家 说 ： 味道 真',
  '放下 筷子 说 ： 这 东西 味道 真',
  '叹 了 口气 ， 说 这 东西 真',
].map(split)

/** 冰糖 ... 味道 真: the clue stands right before the question. */
const near: Frame = {
  before: [
    '奶奶 买 的',
    '桌 上 的',
    '这 一份',
    '刚 送 来 的',
    '碗 里 的',
    '今天 的',
    '店 里 的',
    '冰箱 里 的',
    '家里 的',
    '妈妈 带 回来 的',
  ].map(split),
  clues: foods,
  after: [[]],
  endings: [
    '味道 真',
    '尝着 真',
    '尝 起来 真',
    '的 味道 真',
    '放 进 嘴里 真',
    '的 味道 一直 很',
    '不管 怎么 做 都 很',
  ].map(split),
  story: false,
}

/** Somebody tastes something that is known for its taste. */
const tasted: Frame = {
  before: startedBy('尝 了 一口', '夹 起 一点', '刚 尝 完', '偷偷 尝 了 一点'),
  clues: foods,
  after: [split('，')],
  endings: storyEndings,
  story: true,
}

/** The taste is named, and anybody might do at it what follows. */
const named: Frame = {
  before: startedBy('吃 了 一口 菜 ，', '一口 吃 下去 ，'),
  clues: tastes.map((taste) => [taste]),
  after: ['直 眨眼 ，', '说 不 出 话 ，', '愣 了 一下 ，', '瞪 大 了 眼睛 ，', '连忙 摆手 ，'].map((text) =>
    split(`得 ${text}`),
  ),
  endings: storyEndings,
  story: true,
}

const meanwhile = [
  // Those around
  '服务员 收 走 了 空 盘子 ，',
  '邻居 站 在 门口 打 招呼 ，',
  '妹妹 在 一边 画画 ，',
  '大家 还在 聊 昨天 的 球赛 ，',
  '老板 低头 算 着 账 ，',
  '几 个 孩子 笑 成 一团 ，',
  '谁 也 没 说话 ，',
  '爸爸 翻 了 一页 报纸 ，',
  // The place
  '窗外 下 着 小雨 ，',
  '街上 的 路灯 亮 了 ，',
  '墙上 的 钟 响 了 几下 ，',
  '风 把 门 吹 开 了 ，',
  '收音机 里 放 着 老歌 ，',
  '屋里 很 安静 ，',
  '天 黑 了 ，',
  '院子 里 晒 着 被子 ，',
  // What happens
  '手机 突然 响 了 起来 ，',
  '一只 猫 跳 上 窗台 ，',
  '有人 来 借 梯子 ，',
  '电视 里 正 播 新闻 ，',
  '楼下 传 来 一阵 笑声 ，',
  '快递员 送 来 一个 箱子 ，',
  '灯 闪 了 两下 ，',
  // Time
  '过 了 一会儿 ，',
  '又 过 了 十 分钟 ，',
  '好 半天 ，',
  '没 多久 ，',
  '后来 ，',
  '这时 ，',
]

const distractions = [
  '邻桌 点 了 {} ，',
  '菜单 上 还有 {} ，',
  '旁边 放 着 一碟 {} ，',
  '有人 说 起 昨天 的 {} ，',
  '柜子 里 剩下 一些 {} ，',
]

export const tasteTeller = teller([near, tasted, named], meanwhile, distractions)

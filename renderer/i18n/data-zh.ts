import type { Messages } from './en.ts'

export const dataZh: Messages['data'] = {
  rowsOf: {
    tokens: (n) => `${n} 条词元序列`,
    numbers: (n) => `${n} 条数值序列`,
  },
}

import type { Language } from '../../i18n/index.svelte.ts'

const day = 86_400_000

/** When something happened, as people say it: the time today, yesterday, the weekday, then the date. */
export function when(at: number, language: Language, now = Date.now()): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const date = new Date(at)
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(date)
  if (at >= midnight) return time
  if (at >= midnight - day) {
    return `${new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-1, 'day')} ${time}`
  }
  if (at >= midnight - 6 * day) return new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(date)
  return new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric' }).format(date)
}

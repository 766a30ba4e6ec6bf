import { en, type Messages } from './en.ts'
import { zh } from './zh.ts'

export type Language = 'en' | 'zh'
const messages: Readonly<Record<Language, Messages>> = { en, zh }
const key = 'unroll-language'

function firstLanguage(): Language {
  const stored = localStorage.getItem(key)
  if (stored === 'en' || stored === 'zh') return stored
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

class I18n {
  language = $state<Language>(firstLanguage())

  constructor() {
    this.#apply()
  }

  /** Every text of the page in the chosen language. */
  get t(): Messages {
    return messages[this.language]
  }

  choose(language: Language): void {
    this.language = language
    localStorage.setItem(key, language)
    this.#apply()
  }

  #apply(): void {
    document.documentElement.lang = this.language === 'zh' ? 'zh-CN' : 'en'
  }
}

export const i18n = new I18n()

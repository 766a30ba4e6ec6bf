import { type Palette, readPalette } from '../viz/colour.ts'

type Theme = 'light' | 'dark'
const key = 'unroll-theme'
const system = matchMedia('(prefers-color-scheme: dark)')

/** Follows the system until a person chooses; the palette is what canvases paint with. */
class ThemeState {
  #chosen = $state<Theme | null>(null)
  #system = $state<Theme>(system.matches ? 'dark' : 'light')
  palette = $state.raw<Palette>() as Palette

  constructor() {
    const stored = localStorage.getItem(key)
    if (stored === 'light' || stored === 'dark') this.#chosen = stored
    system.addEventListener('change', (event) => {
      this.#system = event.matches ? 'dark' : 'light'
      this.#apply()
    })
    this.#apply()
  }

  get current(): Theme {
    return this.#chosen ?? this.#system
  }

  toggle(): void {
    this.#chosen = this.current === 'dark' ? 'light' : 'dark'
    localStorage.setItem(key, this.#chosen)
    this.#apply()
  }

  #apply(): void {
    document.documentElement.dataset.theme = this.current
    this.palette = readPalette(getComputedStyle(document.documentElement))
  }
}

export const theme = new ThemeState()

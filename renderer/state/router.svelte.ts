/** Routes live in the fragment, so that the page needs nothing from the server: `#/e/ID/train`. */
export const tabs = ['train', 'answers', 'inspect', 'export'] as const
export type Tab = (typeof tabs)[number]

export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'faithfulness' }
  /** `id`: the engine that is shown; left out: the first. */
  | { readonly page: 'engines'; readonly id?: string }
  /** A dataset of sequences; a new one where none is named. */
  | { readonly page: 'data'; readonly id?: string }
  | { readonly page: 'import' }
  | { readonly page: 'generate' }
  /** `like`: an experiment whose settings are the beginning. */
  | { readonly page: 'new'; readonly task?: string; readonly dataset?: string; readonly like?: string }
  /** A model opened from files. */
  | { readonly page: 'model'; readonly id: string }
  | { readonly page: 'experiment'; readonly id: string; readonly tab: Tab }

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [first, id, tab] = path.split('/')
  if (first === 'new') {
    const parameters = new URLSearchParams(query)
    const [task, dataset, like] = ['task', 'dataset', 'like'].map((name) => parameters.get(name) ?? undefined)
    return { page: 'new', task, dataset, like }
  }
  if (first === 'engines') return { page: 'engines', id }
  if (first === 'data') return { page: 'data', ...(id && { id }) }
  if (first === 'generate') return { page: 'generate' }
  if (first === 'import') return { page: 'import' }
  if (first === 'faithfulness') return { page: 'faithfulness' }
  if (first === 'm' && id) return { page: 'model', id }
  if (first === 'e' && id) return { page: 'experiment', id, tab: tabs.find((known) => known === tab) ?? 'train' }
  return { page: 'home' }
}

export const hrefs = {
  home: '#/',
  faithfulness: '#/faithfulness',
  engines: '#/engines',
  engine: (id: string) => `#/engines/${id}`,
  data: (id = '') => `#/data/${id}`,
  import: '#/import',
  generate: '#/generate',
  create: (choice: { task?: string; dataset?: string; like?: string } = {}) =>
    `#/new?${new URLSearchParams(Object.entries(choice).filter((pair) => pair[1] !== undefined))}`,
  model: (id: string) => `#/m/${id}`,
  experiment: (id: string, tab: Tab = 'train') => `#/e/${id}/${tab}`,
}

class Router {
  route = $state.raw<Route>(parseRoute(location.hash))

  constructor() {
    addEventListener('hashchange', () => {
      this.route = parseRoute(location.hash)
    })
  }

  go(href: string): void {
    location.hash = href
  }
}

export const router = new Router()

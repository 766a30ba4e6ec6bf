/** Keys by name (`ArrowLeft`, `n`, `Control+1`); a handler that returns false lets the key pass. */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => unknown>>

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.closest('input, select, textarea') !== null || target.isContentEditable)

/** Listens on the window while a component lives; keys typed into a field are left to the field. */
export function onKeys(map: KeyMap): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.metaKey) return
    const name = event.ctrlKey ? `Control+${event.key}` : event.key.length === 1 ? event.key.toLowerCase() : event.key
    const handler = Object.hasOwn(map, name) ? map[name] : undefined
    if (!handler || (!event.ctrlKey && typing(event.target))) return
    // Space presses the button that has focus, as everywhere.
    if (name === ' ' && event.target instanceof HTMLElement && event.target.closest('button, a')) return
    if (handler(event) !== false) event.preventDefault()
  }
  addEventListener('keydown', listen)
  return () => removeEventListener('keydown', listen)
}

/** Keys by name (`ArrowLeft`, `n`, `Shift+R`, `Control+1`, `Control+Shift+Z`); a handler that returns false lets the key pass. */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => unknown>>

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.closest('input, select, textarea') !== null || target.isContentEditable)

function nameOf({ key, ctrlKey, shiftKey }: KeyboardEvent): string {
  // Shift is part of the name of a letter or a named key; of a sign it is how the sign is typed.
  const shift = shiftKey && (key.length > 1 || /\p{L}/u.test(key)) ? 'Shift+' : ''
  const letter = key.length > 1 ? key : ctrlKey || shift ? key.toUpperCase() : key.toLowerCase()
  return `${ctrlKey ? 'Control+' : ''}${shift}${letter}`
}

/** Listens on the window while a component lives; keys typed into a field are left to the field. */
export function onKeys(map: KeyMap): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.metaKey) return
    // What is typed into a dialog is not meant for the page under it.
    if (document.querySelector('dialog:modal')) return
    const name = nameOf(event)
    const handler = Object.hasOwn(map, name) ? map[name] : undefined
    if (!handler || (!event.ctrlKey && typing(event.target))) return
    // Space and Enter press the button that has focus, as everywhere.
    if ((name === ' ' || name === 'Enter') && event.target instanceof HTMLElement && event.target.closest('button, a'))
      return
    if (handler(event) !== false) event.preventDefault()
  }
  addEventListener('keydown', listen)
  return () => removeEventListener('keydown', listen)
}

/** Keys as people write them, `Ctrl+Shift+Z`, and whether one was pressed. On a Mac Ctrl is also ⌘. */

export interface Press {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

interface Keys {
  readonly ctrl: boolean
  readonly shift: boolean
  readonly alt: boolean
  readonly key: string
}

const NAMES: { readonly [key: string]: string } = { ' ': 'Space', '+': 'Plus' }

function parsed(shortcut: string): Keys {
  const parts = shortcut.split('+')
  const key = parts.at(-1) ?? ''
  return {
    ctrl: parts.includes('Ctrl'),
    shift: parts.includes('Shift'),
    alt: parts.includes('Alt'),
    key: key.toLowerCase(),
  }
}

/** Whether this is the shortcut. Shift is left out of account for signs, such as `?`, that need it. */
export function pressed(event: Press, shortcut: string): boolean {
  const wanted = parsed(shortcut)
  if (wanted.ctrl !== (event.ctrlKey || event.metaKey) || wanted.alt !== event.altKey) return false
  const key = (NAMES[event.key] ?? event.key).toLowerCase()
  const sign = wanted.key.length === 1 && !/[a-z0-9]/.test(wanted.key)
  if (!sign && wanted.shift !== event.shiftKey) return false
  // With Alt a Mac types another letter; the place of the key tells which is meant.
  return key === wanted.key || (event.altKey && event.code.toLowerCase() === `key${wanted.key}`)
}

/** Whether keys belong to what has the focus, and not to the page. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('textarea, select, [role=textbox], [role=combobox]'))
    return true
  return (
    target.matches('input') && !target.matches('[type=checkbox], [type=radio], [type=button], [type=range]')
  )
}

/** The shortcut as this machine's keyboard has it. */
export function written(shortcut: string, mac: boolean): string {
  if (!mac) return shortcut
  return shortcut.replace('Ctrl+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥')
}

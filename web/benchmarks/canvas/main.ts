import { mount, unmount } from 'svelte'
import { ROOT } from '../../src/core/document'
import { Specs, type Spec } from '../../src/core/specs'
import '../../src/ui/theme.css'
import { Editor } from '../../src/ui/editor.svelte'
import { generated } from './graphs'
import Page from './Page.svelte'
import specs from './specs.json'

const asked = new URLSearchParams(location.search)
const theme = asked.get('theme')
if (theme !== null) document.documentElement.dataset.theme = theme
const known = new Specs(specs as unknown as Spec[])
const made = generated(Number(asked.get('nodes') ?? 1000), known)

function show() {
  const editor = new Editor('measured', made, known)
  const page = mount(Page, {
    target: document.body,
    props: { editor, onready: (canvas) => void Object.assign(window, { editor, canvas, ROOT }) },
  })
  return page
}

performance.mark('open')
let page = show()
// Two frames later the picture is on the screen.
requestAnimationFrame(() => requestAnimationFrame(() => performance.measure('opened', 'open')))

/** Closes and opens again: for measuring what is left behind. */
Object.assign(window, {
  async reopen() {
    await unmount(page)
    page = show()
  },
})

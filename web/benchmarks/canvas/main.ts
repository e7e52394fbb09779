import { mount } from 'svelte'
import type { NodeEvent } from '../../src/api/events'
import type { Document } from '../../src/core/document'
import { Specs, type Spec } from '../../src/core/specs'
import { Editor } from '../../src/ui/editor.svelte'
import '../../src/ui/theme.css'
import { ready } from '../peers/bench'
import { plain } from '../peers/plain'
import { generated, plainly, PLAIN_SPEC } from './graphs'
import Page from './Page.svelte'
import specs from './specs.json'

const address = new URLSearchParams(location.search)
const theme = address.get('theme')
if (theme !== null) document.documentElement.dataset.theme = theme
const count = Number(address.get('nodes') ?? 1000)
/** The graph that the peers have too, or one of real nodes. */
const known = address.has('plain') ? new Specs([PLAIN_SPEC]) : new Specs(specs as unknown as Spec[])
const made: Document = address.has('plain') ? plainly(plain(count)) : generated(count, known)

performance.mark('open')
const editor = new Editor('measured', made, known)
mount(Page, {
  target: document.body,
  props: {
    editor,
    onready(canvas) {
      Object.assign(window, { editor, canvas })
      ready({
        pane: document.querySelector('.svelte-flow__pane') as HTMLElement,
        look: () => canvas.camera(),
        setLook: (look) => canvas.setCamera(look),
        place: (id) => editor.graph.nodes.get(id)?.pos ?? { x: 0, y: 0 },
        grip: { x: 60, y: -12 },
        ids: [...editor.graph.nodes.keys()],
        select: (every) => editor.select(every ? { nodes: new Set(editor.graph.nodes.keys()) } : {}),
      })
    },
  },
})

/** Says of so many nodes around the middle what a run tells of them, as the socket brings it. */
let told = 0
Object.assign(window, {
  tell(events: number) {
    const ids = [...editor.graph.nodes.keys()]
    if (editor.run.status !== 'running') {
      editor.run.watch('measured', 'running')
      editor.run.hear({ event: 'started', job: 'measured', at: 0, nodes: ids.length })
    }
    for (let event = 0; event < events; event++, told++) {
      const node = ids[(Math.floor(ids.length / 2) - 25 + (told % 50)) % ids.length] ?? ''
      const common = { job: 'measured', at: 0, node, drawn: node }
      const next: NodeEvent =
        told % 100 < 50
          ? { ...common, event: 'node_started', calls: 1, reason: 'new', engine: '', seconds_left: 3 }
          : {
              ...common,
              event: 'node_progress',
              done: told % 1000,
              total: 1000,
              seconds_left: 3,
              preview: null,
            }
      editor.run.hear(next)
    }
  },
  hush: () => editor.run.clear(),
})

import type { Node } from '@xyflow/svelte'
import { mount } from 'svelte'
import { once, ready } from './bench'
import { asked, plain } from './plain'
import SveltePage from './SveltePage.svelte'

const graph = plain(asked())
performance.mark('open')
mount(SveltePage, {
  target: document.body,
  props: {
    graph,
    onready: (steering, nodes) =>
      once(
        () => document.querySelector('.svelte-flow__node') !== null,
        () =>
          ready({
            ...steering,
            pane: document.querySelector('.svelte-flow__pane') as HTMLElement,
            place: (id) => nodes().find((node: Node) => node.id === id)?.position ?? { x: 0, y: 0 },
            grip: { x: 60, y: 12 },
            ids: graph.nodes.map((node) => node.id),
            select: () => undefined,
          }),
      ),
  },
})

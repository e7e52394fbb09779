/** React Flow with all nodes, what it has against many of them switched on, and plain blocks from afar. */

import '@xyflow/react/dist/style.css'
import {
  Handle,
  Position,
  ReactFlow,
  useEdgesState,
  useNodesState,
  useStore,
  type Edge,
  type Node,
  type ReactFlowInstance,
} from '@xyflow/react'
import { createElement, memo } from 'react'
import { createRoot } from 'react-dom/client'
import { once, ready } from './bench'
import { asked, HEIGHT, KINDS, plain, WIDTH } from './plain'

const FAR_BELOW = 0.46
const graph = plain(asked())

const Ambience = memo(() => {
  const near = useStore((state) => state.transform[2] >= FAR_BELOW)
  return createElement(
    'div',
    { className: 'ambience', style: { width: WIDTH, height: HEIGHT } },
    createElement('header', null, 'Ambience'),
    createElement(Handle, { type: 'target', position: Position.Left, id: '0', style: { top: 46 } }),
    createElement(Handle, { type: 'target', position: Position.Left, id: '1', style: { top: 68 } }),
    createElement(Handle, { type: 'source', position: Position.Right, id: '0', style: { top: 46 } }),
    near &&
      createElement(
        'div',
        { className: 'widgets nodrag' },
        createElement('input', { type: 'number', defaultValue: 30 }),
        createElement('input', { type: 'range', min: 0, max: 1, step: 0.01, defaultValue: 0.5 }),
        createElement(
          'select',
          null,
          KINDS.map((kind) => createElement('option', { key: kind }, kind)),
        ),
        createElement('input', { type: 'text', defaultValue: 'tape' }),
      ),
  )
})
Ambience.displayName = 'Ambience'

const NODE_TYPES = { ambience: Ambience }
const NODES: Node[] = graph.nodes.map(({ id, x, y }) => ({
  id,
  type: 'ambience',
  position: { x, y },
  data: {},
  // With its size given the library need not measure it first.
  width: WIDTH,
  height: HEIGHT,
}))
const EDGES: Edge[] = graph.links.map(({ id, from, to, input }) => ({
  id: String(id),
  source: from,
  target: to,
  sourceHandle: '0',
  targetHandle: String(input),
}))

let flow: ReactFlowInstance | undefined

function App() {
  const [nodes, , onNodesChange] = useNodesState(NODES)
  const [edges, , onEdgesChange] = useEdgesState(EDGES)
  return createElement(ReactFlow, {
    nodes,
    edges,
    onNodesChange,
    onEdgesChange,
    nodeTypes: NODE_TYPES,
    onlyRenderVisibleElements: true,
    minZoom: 0.03,
    maxZoom: 4,
    panOnDrag: [0, 1],
    autoPanOnNodeDrag: false,
    onInit: (instance) => (flow = instance),
  })
}

const root = document.createElement('div')
root.className = 'whole'
document.body.append(root)
performance.mark('open')
createRoot(root).render(createElement(App))

once(
  () => flow !== undefined && document.querySelector('.react-flow__node') !== null,
  () => {
    const instance = flow as ReactFlowInstance
    ready({
      pane: document.querySelector('.react-flow__pane') as HTMLElement,
      look() {
        const { x, y, zoom } = instance.getViewport()
        return { x: -x / zoom, y: -y / zoom, zoom }
      },
      setLook: ({ x, y, zoom }) => void instance.setViewport({ x: -x * zoom, y: -y * zoom, zoom }),
      place: (id) => instance.getNode(id)?.position ?? { x: 0, y: 0 },
      grip: { x: 60, y: 12 },
      ids: graph.nodes.map((node) => node.id),
      select: () => undefined,
    })
  },
)

/** Litegraph as ComfyUI keeps it: everything on one canvas. */

import { LGraph, LGraphCanvas, LGraphNode, LiteGraph } from '@comfyorg/litegraph'
import '@comfyorg/litegraph/style.css'
import { ready } from './bench'
import { asked, HEIGHT, KINDS, plain, WIDTH } from './plain'

class Ambience extends LGraphNode {
  constructor(title: string) {
    super(title)
    this.addInput('music', 'AUDIO')
    this.addInput('after', 'AUDIO')
    this.addOutput('audio', 'AUDIO')
    this.addWidget('number', 'seconds', 30, () => undefined, { min: 0, max: 600 })
    this.addWidget('slider', 'level', 0.5, () => undefined, { min: 0, max: 1 })
    this.addWidget('combo', 'kind', 'rain', () => undefined, { values: KINDS })
    this.addWidget('text', 'name', 'tape', () => undefined)
  }
}
LiteGraph.registerNodeType('bench/ambience', Ambience)

const canvas = document.createElement('canvas')
canvas.width = innerWidth
canvas.height = innerHeight
document.body.append(canvas)
// Events made in the page have no pointer that could be captured.
canvas.setPointerCapture = () => undefined
canvas.releasePointerCapture = () => undefined

performance.mark('open')
const { nodes, links } = plain(asked())
const graph = new LGraph()
const made = new Map<string, LGraphNode>()
for (const { id, x, y } of nodes) {
  const node = LiteGraph.createNode('bench/ambience')
  if (node === null) throw new Error('litegraph does not know its own node')
  node.pos = [x, y]
  node.size = [WIDTH, HEIGHT]
  graph.add(node)
  made.set(id, node)
}
for (const { from, to, input } of links) made.get(from)?.connect(0, made.get(to) as LGraphNode, input)
const view = new LGraphCanvas(canvas, graph)
view.ds.min_scale = 0.03

ready({
  pane: canvas,
  look: () => ({ x: -view.ds.offset[0], y: -view.ds.offset[1], zoom: view.ds.scale }),
  setLook({ x, y, zoom }) {
    view.ds.scale = zoom
    view.ds.offset[0] = -x
    view.ds.offset[1] = -y
    view.setDirty(true, true)
  },
  place(id) {
    const [x, y] = (made.get(id) as LGraphNode).pos
    return { x, y }
  },
  grip: { x: 60, y: -12 },
  ids: nodes.map((node) => node.id),
  select: () => view.deselectAll(),
})

/** What the menus of the canvas offer: on empty ground, a node, a field, a link, a bend, a group. */

import { fitGroup, nodesIn, removeGroups, updateGroup } from '../core/commands/groups'
import { gateFrom, gateTo, isPromoted, promote, unpromote } from '../core/commands/gates'
import { disconnect, isolate } from '../core/commands/links'
import { resetValue, setColor } from '../core/commands/nodes'
import { addReroute, removeReroutes } from '../core/commands/reroutes'
import { swap, swaps } from '../core/commands/swap'
import { addPrimitive, toggleBare } from '../core/commands/widgets'
import { valueOf, type Node, type NodeId, type Point } from '../core/document'
import { isBareInput } from '../core/geometry'
import { linkInto } from '../core/links'
import { specOf } from '../core/place'
import { ACTIONS } from './actions'
import type { App, Menu } from './app.svelte'
import type { Editor } from './editor.svelte'
import { t, type Key } from './i18n/index.svelte'

export interface Entry {
  readonly title: string
  /** The shortcut that does the same. */
  readonly keys?: string
  readonly disabled?: boolean
  readonly danger?: boolean
  /** Shown before the title. */
  readonly colour?: string
  readonly run?: () => unknown
  readonly entries?: readonly Entry[]
}

/** Entries in groups with a line between them. */
export type Entries = readonly (readonly Entry[])[]

/** Heads of nodes and frames of groups: readable on light and on dark canvases. */
const COLOURS: readonly (readonly [Key, string])[] = [
  ['colour.red', '#a8443f'],
  ['colour.orange', '#b0682b'],
  ['colour.yellow', '#94801f'],
  ['colour.green', '#4d7d3c'],
  ['colour.teal', '#2b7d76'],
  ['colour.blue', '#3d67b1'],
  ['colour.violet', '#7250b0'],
  ['colour.grey', '#626a78'],
]
const MOST_SWAPS = 12

export function entriesOf(app: App, menu: Menu): Entries {
  const { editor } = app
  const { target } = menu
  if (editor === undefined) return []
  switch (target.kind) {
    case 'canvas':
      return onCanvas(app, menu)
    case 'node':
      return onNode(app, editor, target.id)
    case 'widget':
      return [onWidget(editor, target.id, target.input), ...onNode(app, editor, target.id)]
    case 'link':
      return onLink(app, editor, target.id, menu)
    case 'reroute':
      return [
        [
          entry('menu.straighten', () =>
            editor.make(removeReroutes(editor.place, [target.id]), t('menu.straighten')),
          ),
        ],
      ]
    case 'group':
      return onGroup(app, editor, target.id)
  }
}

function entry(key: Key, run: () => unknown, more: Partial<Entry> = {}): Entry {
  return { title: t(key), run, ...more }
}

/** Actions that can be done now, as entries. */
function acts(app: App, ...ids: string[]): Entry[] {
  return ids.flatMap((id): Entry[] => {
    const action = ACTIONS.find((each) => each.id === id)
    if (action === undefined) return []
    const keys = action.keys?.[0]
    const disabled = !(action.enabled?.(app) ?? true)
    return [{ title: t(action.title), disabled, run: () => action.run(app), ...(keys ? { keys } : {}) }]
  })
}

/** Only the actions that can be done now. */
function possible(app: App, ...ids: string[]): Entry[] {
  return acts(app, ...ids).filter((each) => each.disabled !== true)
}

function onCanvas(app: App, { at, screen }: Menu): Entries {
  return [
    [
      entry('action.add', () => app.search.open({ at, screen }), { keys: 'Tab' }),
      entry('action.note', () => app.edit.addNote(at)),
      ...acts(app, 'edit.paste', 'edit.paste.linked'),
    ],
    acts(app, 'edit.all', 'graph.layout', 'view.fit'),
    possible(app, 'graph.leave'),
  ].filter((group) => group.length > 0)
}

function onNode(app: App, editor: Editor, id: NodeId): Entries {
  const node = editor.graph.nodes.get(id)
  if (node === undefined) return []
  const spec = specOf(editor.place, node)
  const several = editor.selection.nodes.size > 1
  return [
    possible(app, 'run.here', 'graph.enter'),
    several
      ? acts(app, 'graph.collapse', 'graph.pin')
      : acts(app, 'graph.rename', 'graph.collapse', 'graph.pin'),
    acts(app, 'graph.mute', 'graph.bypass'),
    [
      colours((colour) =>
        editor.make(setColor(editor.place, editor.selection.nodes, colour, ''), t('menu.recolour')),
      ),
    ],
    acts(app, 'edit.cut', 'edit.copy', 'edit.duplicate'),
    [
      ...possible(app, 'graph.group', 'graph.subgraph', 'graph.unpack'),
      ...(several ? [arranging(app)] : swapping(editor, node)),
      ...leading(editor, node),
    ],
    [
      entry('menu.isolate', () =>
        editor.make(isolate(editor.place, editor.selection.nodes), t('menu.isolate')),
      ),
      ...acts(app, 'edit.dissolve', 'edit.delete').map((each) => ({ ...each, danger: true })),
    ],
    spec && !several ? [entry('menu.help', () => app.help(spec))] : [],
  ].filter((group) => group.length > 0)
}

function onWidget(editor: Editor, id: NodeId, input: string): Entry[] {
  const { place } = editor
  const node = editor.graph.nodes.get(id)
  if (node === undefined) return []
  const title = (key: Key) => t(key, { name: input })
  const free = linkInto(editor.graph, id, input) === undefined
  const bare = isBareInput(node, input) ? 'menu.widget' : 'menu.bare'
  const inside = editor.path.length > 0
  const promoted = inside && isPromoted(place, id, input)
  return [
    { title: title(bare), run: () => editor.make(toggleBare(place, id, input), title(bare)) },
    {
      title: title('menu.primitive'),
      disabled: !free,
      run: () => editor.make(addPrimitive(place, id, input), title('menu.primitive')),
    },
    {
      title: title('menu.reset'),
      disabled: valueOf(node, input) === undefined,
      run: () => editor.make(resetValue(place, id, input), title('menu.reset')),
    },
    ...(inside
      ? [
          {
            title: title(promoted ? 'menu.unpromote' : 'menu.promote'),
            run: () => {
              const changes = promoted ? unpromote(place, id, input) : promote(place, id, input)
              editor.make(changes, title(promoted ? 'menu.unpromote' : 'menu.promote'))
            },
          },
        ]
      : []),
  ]
}

function onLink(app: App, editor: Editor, id: number, { at, screen }: Menu): Entries {
  const pos: Point = { x: Math.round(at.x), y: Math.round(at.y) }
  return [
    [
      entry('menu.insert', () => app.search.open({ at, screen, into: id })),
      entry('canvas.deed.reroute', () =>
        editor.make(addReroute(editor.place, id, pos), t('canvas.deed.reroute')),
      ),
    ],
    [
      entry('menu.unlink', () => editor.make(disconnect(editor.place, [id]), t('canvas.deed.disconnect')), {
        danger: true,
      }),
    ],
  ]
}

function onGroup(app: App, editor: Editor, id: number): Entries {
  const { place } = editor
  const inside = () => editor.select({ nodes: new Set(nodesIn(place, id)) })
  return [
    [
      entry('canvas.deed.rename', () => app.canvas?.renameGroup(id)),
      colours((color) => editor.make(updateGroup(place, id, { color }), t('menu.recolour'))),
      entry('menu.fitGroup', () => editor.make(fitGroup(place, id), t('menu.fitGroup'))),
    ],
    [
      entry('menu.selectGroup', inside),
      entry('action.mute', () => {
        inside()
        app.edit.toggleMuted()
      }),
      entry('action.bypass', () => {
        inside()
        app.edit.toggleBypassed()
      }),
    ],
    [
      entry('menu.ungroup', () => editor.make(removeGroups(place, [id]), t('menu.ungroup')), {
        danger: true,
      }),
    ],
  ]
}

function colours(take: (colour: string) => unknown): Entry {
  const named = COLOURS.map(([key, colour]) => entry(key, () => take(colour), { colour }))
  return { title: t('menu.colour'), entries: [entry('colour.none', () => take('')), ...named] }
}

function arranging(app: App): Entry {
  const sides = ['left', 'center', 'right', 'top', 'middle', 'bottom'].map(
    (side) => `graph.align.${side === 'center' ? 'centre' : side}`,
  )
  return {
    title: t('menu.align'),
    entries: acts(app, ...sides, 'graph.distribute.across', 'graph.distribute.down', 'graph.layout'),
  }
}

/** Other classes that could stand in the node's place. */
function swapping(editor: Editor, node: Node): Entry[] {
  const found = swaps(editor.place, node.id).slice(0, MOST_SWAPS)
  if (found.length === 0) return []
  const entries = found.map((spec) => ({
    title: spec.title,
    run: () => editor.make(swap(editor.place, node.id, spec), t('menu.swap')),
  }))
  return [{ title: t('menu.swap'), entries }]
}

/** Of a node in a subgraph: sockets that may be led out of it. */
function leading(editor: Editor, node: Node): Entry[] {
  if (editor.path.length === 0) return []
  const { place, graph } = editor
  const inputs = node.inputs.filter(
    (socket) => linkInto(graph, node.id, socket.name) === undefined && socket.widget === undefined,
  )
  const entries = [
    ...inputs.map(({ name, label }) => ({
      title: t('menu.lead.input', { name: label ?? name }),
      run: () => editor.make(gateTo(place, { node: node.id, input: name }), t('menu.lead')),
    })),
    ...node.outputs.map(({ name, label }, output) => ({
      title: t('menu.lead.output', { name: label ?? name }),
      run: () => editor.make(gateFrom(place, { node: node.id, output }), t('menu.lead')),
    })),
  ]
  return entries.length > 0 ? [{ title: t('menu.lead'), entries }] : []
}

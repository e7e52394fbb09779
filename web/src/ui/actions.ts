/** Everything that can be done by key, menu or palette, each once. */

import type { App } from './app.svelte'
import type { Key } from './i18n/index.svelte'

export type Section = 'run' | 'edit' | 'graph' | 'view' | 'file' | 'panels'

export interface Action {
  readonly id: string
  readonly section: Section
  readonly title: Key
  /** The first is shown. */
  readonly keys?: readonly string[]
  /** Also holds while somebody types. */
  readonly always?: boolean
  readonly enabled?: (app: App) => boolean
  /** Copying and pasting are the browser's: it tells of them by events that bring the clipboard along. */
  readonly native?: boolean
  readonly run: (app: App) => unknown
}

const chosen = (app: App) => (app.editor?.selection.nodes.size ?? 0) > 0
const anything = (app: App) => app.editor !== undefined && !app.editor.nothingSelected
const open = (app: App) => app.editor !== undefined

export const ACTIONS: readonly Action[] = [
  { id: 'run', section: 'run', title: 'action.run', keys: ['Ctrl+Enter'], always: true, enabled: open, run: (app) => app.running.now() },
  { id: 'run.front', section: 'run', title: 'action.run.front', keys: ['Ctrl+Shift+Enter'], always: true, enabled: open, run: (app) => app.running.now({ front: true }) },
  { id: 'run.here', section: 'run', title: 'action.run.here', enabled: chosen, run: (app) => app.running.here() },
  { id: 'run.many', section: 'run', title: 'action.run.many', enabled: open, run: (app) => app.show('runMany') },
  { id: 'run.stop', section: 'run', title: 'action.run.stop', keys: ['Ctrl+Alt+Enter'], always: true, run: (app) => app.running.stop() },

  { id: 'edit.undo', section: 'edit', title: 'action.undo', keys: ['Ctrl+Z'], enabled: (app) => app.editor?.canUndo ?? false, run: (app) => app.editor?.undo() },
  { id: 'edit.redo', section: 'edit', title: 'action.redo', keys: ['Ctrl+Y', 'Ctrl+Shift+Z'], enabled: (app) => app.editor?.canRedo ?? false, run: (app) => app.editor?.redo() },
  { id: 'edit.cut', section: 'edit', title: 'action.cut', keys: ['Ctrl+X'], enabled: chosen, native: true, run: (app) => app.edit.cut() },
  { id: 'edit.copy', section: 'edit', title: 'action.copy', keys: ['Ctrl+C'], enabled: chosen, native: true, run: (app) => app.edit.copy() },
  { id: 'edit.paste', section: 'edit', title: 'action.paste', keys: ['Ctrl+V'], enabled: open, native: true, run: (app) => app.edit.paste(false) },
  { id: 'edit.paste.linked', section: 'edit', title: 'action.paste.linked', keys: ['Ctrl+Shift+V'], enabled: open, native: true, run: (app) => app.edit.paste(true) },
  { id: 'edit.duplicate', section: 'edit', title: 'action.duplicate', keys: ['Ctrl+D'], enabled: chosen, run: (app) => app.edit.duplicate() },
  { id: 'edit.delete', section: 'edit', title: 'action.delete', keys: ['Delete', 'Backspace'], enabled: anything, run: (app) => app.edit.remove(false) },
  { id: 'edit.dissolve', section: 'edit', title: 'action.dissolve', keys: ['Ctrl+Delete', 'Ctrl+Backspace'], enabled: chosen, run: (app) => app.edit.remove(true) },
  { id: 'edit.all', section: 'edit', title: 'action.all', keys: ['Ctrl+A'], enabled: open, run: (app) => app.edit.selectAll() },

  { id: 'graph.add', section: 'graph', title: 'action.add', keys: ['Tab'], enabled: open, run: (app) => app.search.open() },
  { id: 'graph.collapse', section: 'graph', title: 'action.collapse', keys: ['Alt+C'], enabled: chosen, run: (app) => app.edit.toggleCollapsed() },
  { id: 'graph.pin', section: 'graph', title: 'action.pin', keys: ['P'], enabled: chosen, run: (app) => app.edit.togglePinned() },
  { id: 'graph.mute', section: 'graph', title: 'action.mute', keys: ['Ctrl+M'], enabled: chosen, run: (app) => app.edit.toggleMuted() },
  { id: 'graph.bypass', section: 'graph', title: 'action.bypass', keys: ['Ctrl+B'], enabled: chosen, run: (app) => app.edit.toggleBypassed() },
  { id: 'graph.group', section: 'graph', title: 'action.group', keys: ['Ctrl+G'], enabled: chosen, run: (app) => app.edit.group() },
  { id: 'graph.subgraph', section: 'graph', title: 'action.subgraph', keys: ['Ctrl+Shift+E'], enabled: chosen, run: (app) => app.edit.makeSubgraph() },
  { id: 'graph.unpack', section: 'graph', title: 'action.unpack', enabled: (app) => app.edit.instanceChosen, run: (app) => app.edit.unpack() },
  { id: 'graph.enter', section: 'graph', title: 'action.enter', enabled: (app) => app.edit.instanceChosen, run: (app) => app.edit.enter() },
  { id: 'graph.leave', section: 'graph', title: 'action.leave', keys: ['Escape'], enabled: (app) => (app.editor?.path.length ?? 0) > 0, run: (app) => app.edit.leave() },
  { id: 'graph.layout', section: 'graph', title: 'action.layout', keys: ['Ctrl+Shift+L'], enabled: open, run: (app) => app.edit.layout() },
  { id: 'graph.align.left', section: 'graph', title: 'action.align.left', enabled: chosen, run: (app) => app.edit.align('left') },
  { id: 'graph.align.right', section: 'graph', title: 'action.align.right', enabled: chosen, run: (app) => app.edit.align('right') },
  { id: 'graph.align.top', section: 'graph', title: 'action.align.top', enabled: chosen, run: (app) => app.edit.align('top') },
  { id: 'graph.align.bottom', section: 'graph', title: 'action.align.bottom', enabled: chosen, run: (app) => app.edit.align('bottom') },
  { id: 'graph.align.centre', section: 'graph', title: 'action.align.centre', enabled: chosen, run: (app) => app.edit.align('center') },
  { id: 'graph.align.middle', section: 'graph', title: 'action.align.middle', enabled: chosen, run: (app) => app.edit.align('middle') },
  { id: 'graph.distribute.across', section: 'graph', title: 'action.distribute.across', enabled: chosen, run: (app) => app.edit.distribute('x') },
  { id: 'graph.distribute.down', section: 'graph', title: 'action.distribute.down', enabled: chosen, run: (app) => app.edit.distribute('y') },
  { id: 'graph.rename', section: 'graph', title: 'action.rename', keys: ['F2'], enabled: (app) => app.editor?.selection.nodes.size === 1, run: (app) => app.edit.rename() },
  { id: 'graph.note', section: 'graph', title: 'action.note', enabled: open, run: (app) => app.edit.addNote() },

  { id: 'view.fit', section: 'view', title: 'action.fit', keys: ['.'], enabled: open, run: (app) => app.canvas?.fit() },
  { id: 'view.selection', section: 'view', title: 'action.fit.selection', keys: ['F'], enabled: chosen, run: (app) => app.canvas?.zoomTo() },
  { id: 'view.in', section: 'view', title: 'action.zoom.in', keys: ['Alt+='], enabled: open, run: (app) => app.canvas?.zoomBy(1.25) },
  { id: 'view.out', section: 'view', title: 'action.zoom.out', keys: ['Alt+-'], enabled: open, run: (app) => app.canvas?.zoomBy(0.8) },
  { id: 'view.minimap', section: 'view', title: 'action.minimap', keys: ['Alt+M'], run: (app) => app.settings.set('minimap', !app.settings.now.minimap) },
  { id: 'view.theme', section: 'view', title: 'action.theme', run: (app) => app.switchTheme() },

  { id: 'file.new', section: 'file', title: 'action.new', keys: ['Alt+N'], run: (app) => app.files.create() },
  { id: 'file.open', section: 'file', title: 'action.open', keys: ['Ctrl+O'], always: true, run: (app) => app.show('files') },
  { id: 'file.import', section: 'file', title: 'action.import', run: (app) => app.files.importAny() },
  { id: 'file.save', section: 'file', title: 'action.save', keys: ['Ctrl+S'], always: true, enabled: open, run: (app) => app.files.save() },
  { id: 'file.saveAs', section: 'file', title: 'action.saveAs', keys: ['Ctrl+Shift+S'], always: true, enabled: open, run: (app) => app.show('saveAs') },
  { id: 'file.export', section: 'file', title: 'action.export', enabled: open, run: (app) => app.files.exportWorkflow() },
  { id: 'file.exportPrompt', section: 'file', title: 'action.exportPrompt', enabled: open, run: (app) => app.files.exportPrompt() },
  { id: 'file.versions', section: 'file', title: 'action.versions', enabled: open, run: (app) => app.show('versions') },
  { id: 'file.close', section: 'file', title: 'action.close', keys: ['Alt+W'], enabled: open, run: (app) => app.files.close() },

  { id: 'panel.nodes', section: 'panels', title: 'action.nodes', keys: ['N'], run: (app) => app.toggle('nodes') },
  { id: 'panel.queue', section: 'panels', title: 'action.queue', keys: ['Q'], run: (app) => app.toggle('queue') },
  { id: 'panel.history', section: 'panels', title: 'action.history', keys: ['H'], run: (app) => app.toggle('history') },
  { id: 'panel.workflows', section: 'panels', title: 'action.workflows', keys: ['W'], run: (app) => app.toggle('workflows') },
  { id: 'panel.templates', section: 'panels', title: 'action.templates', run: (app) => app.show('templates') },
  { id: 'panel.engines', section: 'panels', title: 'action.engines', keys: ['E'], run: (app) => app.toggle('engines') },
  { id: 'panel.packs', section: 'panels', title: 'action.packs', run: (app) => app.toggle('packs') },
  { id: 'panel.settings', section: 'panels', title: 'action.settings', keys: ['Ctrl+,'], run: (app) => app.show('settings') },
  { id: 'panel.palette', section: 'panels', title: 'action.palette', keys: ['Ctrl+K', 'Ctrl+Shift+P'], always: true, run: (app) => app.show('palette') },
  { id: 'panel.shortcuts', section: 'panels', title: 'action.shortcuts', keys: ['?'], run: (app) => app.show('shortcuts') },
  { id: 'panel.tour', section: 'panels', title: 'action.tour', run: (app) => app.show('tour') },
  { id: 'nodes.refresh', section: 'panels', title: 'action.refresh', keys: ['R'], run: (app) => app.refresh() },
]

/** What gestures ask for, done in the document: each is one step of undo. */

import { gateFrom, gateTo, moveGate } from '../../core/commands/gates'
import { connect, disconnect, redirect } from '../../core/commands/links'
import type { Link } from '../../core/document'
import { NEW_GATE } from '../../view/gates'
import type { SocketHit } from '../../view/scene'
import type { Stage } from '../../view/stage'
import { t } from '../i18n/index.svelte'
import type { Room } from './room.svelte'
import { refusalText } from './words'

type Deeds = Pick<Stage, 'selection' | 'select' | 'make' | 'connect' | 'disconnect' | 'reorder' | 'refused'>

export function deedsOf(room: Room): Deeds {
  const { editor } = room
  return {
    selection: () => editor.selection,
    select: (selection) => editor.select(selection),
    make: (changes, deed) => editor.make(changes, t(`canvas.deed.${deed}`)),
    connect: (a, b, unplugged) => link(room, a, b, unplugged),
    disconnect: ({ id }) => editor.make(disconnect(room.place, [id]), t('canvas.deed.disconnect')),
    reorder: (side, gate, index) =>
      editor.make(moveGate(room.place, side, gate.id, index), t('canvas.deed.reorder')),
    refused: (refusal) => room.actions.notice?.(refusalText(refusal)),
  }
}

/** Links two sockets, whichever was first; below the last gate that makes another. */
function link({ editor, place }: Room, a: SocketHit, b: SocketHit, unplugged: Link | null): void {
  const [output, input] = a.place.side === 'output' ? [a, b] : [b, a]
  const from = { node: output.node, output: output.place.index }
  const to = { node: input.node, input: input.place.name }
  const made =
    input.place.name === NEW_GATE
      ? gateFrom(place, from)
      : output.place.name === NEW_GATE
        ? gateTo(place, to)
        : unplugged
          ? redirect(place, unplugged.id, to)
          : connect(place, from, to)
  editor.make(made, t('canvas.deed.connect'))
}

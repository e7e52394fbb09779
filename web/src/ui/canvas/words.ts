/** How nodes, sockets and runs are called on the page. */

import type { NodeRun } from '../../run/run.svelte'
import type { SocketPlace } from '../../view/layout'
import type { Refusal } from '../../view/stage'
import { duration, t, type Key, type Params } from '../i18n/index.svelte'

export function typeName({ type, many }: Pick<SocketPlace, 'type' | 'many'>): string {
  const plain = type === '*' || type === '' ? t('canvas.socket.any') : type
  return many ? t('canvas.socket.list', { type: plain }) : plain
}

export function refusalText(refusal: Refusal): string {
  const names = Object.entries(refusal.params).map(([name, type]) => [name, typeName({ type, many: false })])
  return t(`canvas.refused.${refusal.key}`, Object.fromEntries(names) as Params)
}

/** The state in a few letters, for the head of a card; '' where the sign says enough. */
export function stateText(run: NodeRun): string {
  switch (run.status) {
    case 'running': {
      if (run.progress === null) return ''
      const percent = Math.round(run.progress * 100)
      if (run.secondsLeft === null) return t('canvas.run.percent', { percent })
      return t('canvas.run.left', { percent, time: duration(run.secondsLeft) })
    }
    case 'done':
      return run.seconds === null ? '' : duration(run.seconds)
    default:
      return ''
  }
}

/** The same as a sentence for screen readers and on hover, with the reason. */
export function stateSentence(run: NodeRun): string {
  const said =
    run.status === 'done' && run.seconds !== null
      ? t('canvas.run.done', { time: duration(run.seconds) })
      : stateName(run)
  const more = run.status === 'running' ? stateText(run) : (run.error?.message ?? run.reason)
  return [said, more].filter((part) => part !== '').join(': ')
}

function stateName({ status }: NodeRun): string {
  return t(status === 'done' ? 'canvas.run.finished' : (`canvas.run.${status}` as Key))
}

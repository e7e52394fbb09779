/** What the server tells over the socket: Patchbay's own events, and pictures as bytes. */

interface OfJob {
  readonly job: string
  /** Seconds since the epoch. */
  readonly at: number
}

interface OfNode extends OfJob {
  /** The node that runs; of an expansion one that nobody drew. */
  readonly node: string
  /** The node on the canvas that it belongs to. */
  readonly drawn: string
}

type Shown = { readonly [kind: string]: readonly unknown[] }

export type SoundPreview = {
  readonly kind: 'sound'
  readonly seconds: number
  /** Pairs of lowest and highest samples, by channel or mixed. */
  readonly peaks: readonly (readonly [number, number])[]
  /** Where it can be heard; `&from_seconds=…&seconds=…` may be added. Another one is another sound. */
  readonly url: string
}
export type TextPreview = { readonly kind: 'text'; readonly text: string }
/** The picture itself comes as bytes. */
export type PictureComes = { readonly kind: 'image' }

export type JobEvent =
  | (OfJob & { readonly event: 'queued'; readonly ahead: number })
  | (OfJob & { readonly event: 'started'; readonly nodes: number })
  | (OfJob & {
      readonly event: 'finished'
      readonly status: 'done' | 'failed' | 'cancelled'
      readonly seconds: number
    })
  | NodeEvent

export type NodeEvent =
  | (OfNode & { readonly event: 'node_cached'; readonly ui: Shown | null })
  | (OfNode & {
      readonly event: 'node_started'
      readonly calls: number
      readonly reason: string
      readonly engine: string
      readonly seconds_left: number | null
    })
  | (OfNode & {
      readonly event: 'node_progress'
      readonly done: number
      readonly total: number
      readonly seconds_left: number | null
      readonly preview: SoundPreview | TextPreview | PictureComes | null
    })
  | (OfNode & { readonly event: 'node_done'; readonly ui: Shown | null; readonly seconds: number })
  | (OfNode & {
      readonly event: 'node_failed'
      readonly code: string
      readonly message: string
      readonly input: string | null
      readonly traceback?: readonly string[]
    })
  | (OfNode & { readonly event: 'node_skipped'; readonly because: string; readonly reason: string })

/** A picture of a node at work. */
export interface PictureArrived {
  readonly job: string
  readonly drawn: string
  readonly picture: Blob
}

const PREVIEW_WITH_FACTS = 4

/** The picture in a binary frame; null if it is none. */
export function pictureIn(frame: ArrayBuffer): PictureArrived | null {
  const view = new DataView(frame)
  if (frame.byteLength < 8 || view.getUint32(0) !== PREVIEW_WITH_FACTS) return null
  const length = view.getUint32(4)
  if (8 + length > frame.byteLength) return null
  try {
    const text = new TextDecoder().decode(new Uint8Array(frame, 8, length))
    const facts = JSON.parse(text) as {
      prompt_id?: string
      display_node_id?: string
      node_id?: string
      image_type?: string
    }
    const picture = new Blob([new Uint8Array(frame, 8 + length)], { type: facts.image_type ?? 'image/jpeg' })
    return { job: facts.prompt_id ?? '', drawn: facts.display_node_id ?? facts.node_id ?? '', picture }
  } catch {
    return null
  }
}

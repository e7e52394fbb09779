/** Calls back once an element comes near what is looked at: nothing heavy is loaded before. */

import type { Attachment } from 'svelte/attachments'

// Loaded a little early, a player is there when one scrolls to it.
const MARGIN = '200px'

export function seen(callback: () => void): Attachment {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return
        observer.disconnect()
        callback()
      },
      { rootMargin: MARGIN },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }
}

/** Which word is spoken when. */

import type { Word } from '../../run/shapes'

/** The word at a time: the last that has begun; -1 before the first. */
export function wordAt(words: readonly Word[], seconds: number): number {
  let [low, high] = [0, words.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((words[middle]?.start ?? Infinity) <= seconds) low = middle + 1
    else high = middle
  }
  return low - 1
}

// Speakers breathe for less: a longer silence begins a new paragraph.
const PAUSE_SECONDS = 1.2

/** Words in paragraphs, each with the number of its first word. */
export function paragraphs(
  words: readonly Word[],
): readonly { readonly first: number; readonly words: readonly Word[] }[] {
  const found: { first: number; words: Word[] }[] = []
  words.forEach((word, index) => {
    const before = words[index - 1]
    const open = found.at(-1)
    if (open && before && word.start - before.end < PAUSE_SECONDS) open.words.push(word)
    else found.push({ first: index, words: [word] })
  })
  return found
}

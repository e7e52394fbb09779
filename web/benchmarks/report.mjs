/** Tables in the terminal: ours beside others, and what was promised. */

const NAME = 50

function line(cells) {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(NAME) : cell.padStart(20))).join('')
}

const frames = (row) => `${row.median.toFixed(0)} / ${row.slowest.toFixed(0)}`
const times = (ratio) => `(${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}×)`

/** Of each tool the figures, frames as the median and the slowest twentieth, and in brackets how many times better ours are. */
export function table(title, ours, tools) {
  const names = Object.keys(tools)
  const own = tools[ours]
  const beside = (name, text, ratio) => (name === ours ? text : `${text} ${times(ratio)}`)
  console.log(`\n${line([title, ...names])}`)
  for (const gesture of Object.keys(own.rows)) {
    const cells = names.map((name) => {
      const row = tools[name].rows[gesture]
      return beside(name, frames(row), own.rows[gesture].median / row.median)
    })
    console.log(line([`${gesture}, fps`, ...cells]))
  }
  const sized = [
    ['open until drawn, ms', (one) => one.opened],
    ['heap after all of that, MB', (one) => one.heap],
    ['most elements in the page', (one) => Math.max(...Object.values(one.rows).map((row) => row.elements))],
  ]
  for (const [what, of] of sized) {
    const cells = names.map((name) =>
      beside(name, of(tools[name]).toFixed(of(tools[name]) < 10 ? 1 : 0), of(tools[name]) / of(own)),
    )
    console.log(line([what, ...cells]))
  }
}

/** What was measured against what the issue promises. */
export class Promises {
  #broken = 0
  #any = false

  /** `most` undefined: nothing was promised. */
  say(what, value, unit, most) {
    this.#tell(
      what,
      `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`,
      most && `≤ ${most} ${unit}`,
      value <= most,
    )
  }

  fps(what, row, least) {
    // A display of 60 frames gives 59.9 or 60.2.
    this.#tell(what, `${frames(row)} fps`, least && `≥ ${least}`, row.median >= least)
  }

  /** The exit code. */
  end() {
    if (this.#broken > 0) console.log(`\n${this.#broken} promises do not hold`)
    return this.#broken > 0 ? 1 : 0
  }

  #tell(what, value, promised, holds) {
    if (!this.#any) console.log(`\n${line(['what', 'measured', 'promised'])}`)
    this.#any = true
    if (promised !== undefined && !holds) this.#broken += 1
    console.log(line([what, value, promised ?? '']) + (promised === undefined ? '' : holds ? '  ✓' : '  ✗'))
  }
}

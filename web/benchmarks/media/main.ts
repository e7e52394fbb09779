/** Every kind of media at the size of a node and large; `?theme=dark`, `?language=de`, `?only=sound`,
 *  `?file=song.flac` for files in the output folder of the server at PATCHBAY_URL. */

import { mount } from 'svelte'
import '../../src/ui/theme.css'
import { speech } from '../../src/ui/i18n/index.svelte'
import { stage } from '../../src/ui/media/stage.svelte'
import Page from './Page.svelte'

const asked = new URLSearchParams(location.search)
document.documentElement.dataset.theme = asked.get('theme') ?? 'light'
if (asked.get('language') === 'de') speech.language = 'de'
const target = document.getElementById('page')
if (target) mount(Page, { target, props: { only: asked.get('only') ?? '', files: asked.getAll('file') } })

// For the checks that drive this page.
Object.assign(window, { stage })

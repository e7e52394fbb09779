/** Where the page begins. */

import { mount } from 'svelte'
import App from './ui/App.svelte'
import { App as Page } from './ui/app.svelte'
import { t } from './ui/i18n/index.svelte'
import { notices } from './ui/notices.svelte'
import { wear } from './ui/settings.svelte'
import './ui/theme.css'

const app = new Page(new URL('.', location.href).href.replace(/\/$/, ''))

// Before anything is shown: nobody sees the page in another light first.
wear(app.settings.now, document.documentElement, navigator.languages)

/** What nobody has caught is told, so that somebody can do something about it. */
function told(error: unknown): void {
  // Browsers report it where a layout takes two frames: nothing went wrong.
  if (String(error).includes('ResizeObserver loop')) return
  console.error(error)
  const message = error instanceof Error ? error.message : String(error)
  notices.tell(t('shell.broken', { message }), 'bad', {
    title: t('shell.reload'),
    run: () => location.reload(),
  })
}

addEventListener('error', (event) => told(event.error ?? event.message))
addEventListener('unhandledrejection', (event) => told(event.reason))

const target = document.getElementById('page')
if (target === null) throw new Error('the page has no place for the editor')
mount(App, { target, props: { app } })
void app.start()

/** Markdown as safe HTML; both libraries are loaded when they are first needed. */

export async function rendered(text: string): Promise<string> {
  const [{ marked }, { default: purify }] = await Promise.all([import('marked'), import('dompurify')])
  const html = await marked.parse(text, { gfm: true, breaks: true })
  // Nothing that loads from elsewhere, sends, or looks like our own page.
  return purify.sanitize(html, {
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'img', 'video', 'audio', 'svg', 'math'],
    FORBID_ATTR: ['style', 'class', 'id'],
  })
}

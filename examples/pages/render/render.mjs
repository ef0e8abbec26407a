// node render.mjs --cache FOLDER --title TITLE SOURCE TARGET: renders each page of SOURCE; what has not changed comes
// from the cache, which outlives the build.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { toHtml } from './markdown.mjs'

const { values, positionals } = parseArgs({
  options: { cache: { type: 'string' }, title: { type: 'string' } },
  allowPositionals: true,
})
const [source, target] = positionals

mkdirSync(target, { recursive: true })
for (const name of readdirSync(source).sort()) {
  const body = cached(readFileSync(join(source, name), 'utf8'))
  const page = `<!doctype html>\n<title>${values.title}</title>\n${body}\n`
  writeFileSync(join(target, `${basename(name, '.md')}.html`), page)
}

function cached(markdown) {
  const path = join(values.cache, createHash('sha256').update(markdown).digest('hex'))
  if (!existsSync(path)) {
    console.log(`rendering a page of ${markdown.length} characters`)
    writeFileSync(path, toHtml(markdown))
  }
  return readFileSync(path, 'utf8')
}

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_CODES } from '../../src/base/error-codes.ts'
import { projectRoot } from '../project-root.ts'
import type { Finding } from './source-file.ts'

const PAGE = 'docs/errors.md'

/** `docs/errors.md` has a section `## TC1001 file-not-found` for each code, in order, and no other. */
export function checkErrorDocs(): readonly Finding[] {
  const page = join(projectRoot, PAGE)
  const text = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const sections = [...text.matchAll(/^## (TC\d{4} \S+)$/gm)].map(match => match[1] ?? '')
  const wanted = Object.entries(ERROR_CODES).map(([name, code]) => `${code} ${name}`)
  const missing = wanted.filter(title => !sections.includes(title))
  const unknown = sections.filter(title => !wanted.includes(title))
  return [
    ...missing.map(title => finding(`No section "## ${title}"`)),
    ...unknown.map(title => finding(`Section "## ${title}" has no code in src/base/error-codes.ts`)),
    ...(sections.join() === [...sections].sort().join()
      ? []
      : [finding('The sections are not in the order of codes')]),
  ]
}

function finding(message: string): Finding {
  return { severity: 'error', place: PAGE, message }
}

import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/base/diagnostic.ts'
import type { SourceSpan } from '../../src/base/source-span.ts'
import { renderDiagnostics } from '../../src/cli/diagnostics/render-diagnostics.ts'
import { readCorpus } from '../corpus/read-corpus.ts'
import { loadMemory, loadMemoryDocument } from '../support/memory-project.ts'

const CORPUS = readCorpus()

function placeOf(span: SourceSpan | undefined): string {
  return span === undefined ? 'nowhere' : `${span.file}:${span.line}:${span.column}`
}

function summary({ code, span, related }: Diagnostic): string {
  const others = (related ?? []).map(other => ` (${placeOf(other.span)})`).join('')
  return `${placeOf(span)} ${code}${others}`
}

describe('a broken project', () => {
  test('readCorpus() finds at least 120', () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(120)
  })

  for (const { name, project, diagnostics: expected } of CORPUS) {
    test(`loadComposeDocument() says what is wrong with ${name}, where, and nothing else`, () => {
      const { diagnostics } = loadMemoryDocument(project)
      const places = expected.map(({ place, code, related }) => {
        return `${place} ${code}${related === undefined ? '' : ` (${related})`}`
      })
      const found = diagnostics.map((diagnostic, index) =>
        summary(expected[index]?.related === undefined ? { ...diagnostic, related: [] } : diagnostic),
      )
      expect(found).toEqual(places)
      for (const [index, { hint }] of expected.entries()) {
        if (hint !== undefined) expect(diagnostics[index]?.hint).toContain(hint)
      }
    })

    test(`draftProject() reads what is left of ${name}, or nothing`, () => {
      expect(() => loadMemory(project).draft?.()).not.toThrow()
    })

    test(`renderDiagnostics() shows ${name} without a stack trace`, () => {
      const { diagnostics } = loadMemory({ ...project, request: { allowUnsupported: true } })
      const readSource = (file: string) => project.files[file]
      const text = renderDiagnostics(diagnostics, { color: false, readSource })
      expect(text).not.toMatch(/\n\s+at |Error:|undefined|\[object/)
      for (const { place } of expected) expect(text).toContain(place)
    })
  }

  test('the hint names the word that was meant in at least 95 % of the slips', () => {
    const slips = CORPUS.flatMap(({ name, project, diagnostics: expected }) => {
      const found = new Map(
        loadMemoryDocument(project).diagnostics.map(({ span, hint }) => [placeOf(span), hint]),
      )
      return expected.flatMap(({ place, suggestion }) =>
        suggestion === undefined
          ? []
          : [{ name, wanted: `did you mean "${suggestion}"?`, hint: found.get(place) ?? '' }],
      )
    })
    const missed = slips.filter(({ hint, wanted }) => !hint.includes(wanted))
    expect(slips.length).toBeGreaterThanOrEqual(100)
    expect(missed.length, JSON.stringify(missed, undefined, 1)).toBeLessThanOrEqual(slips.length * 0.05)
  })
})

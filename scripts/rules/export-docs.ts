import { type Finding, lineAt, type SourceFile } from './source-file.ts'

const EXPORT =
  /^export (?:declare )?(?:abstract )?(?:async )?(function\*?|class|const|let|interface|type) (\w+)/gm

/**
 * Every export has a doc comment. In a layer's entry files, a missing one is an error:
 * `src/<layer>/<layer>.ts` and every `index.ts`.
 */
export function checkExportDocs(files: readonly SourceFile[]): readonly Finding[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(EXPORT)]
      .filter(match => !text.slice(0, match.index).trimEnd().endsWith('*/'))
      .map(match => ({
        severity: isEntry(path) ? ('error' as const) : ('warning' as const),
        place: `${path}:${lineAt(text, match.index)}`,
        message: `Export "${match[2]}" has no doc comment`,
      })),
  )
}

function isEntry(path: string): boolean {
  return /^src\/(\w+)\/\1\.ts$|(^|\/)index\.ts$/.test(path)
}

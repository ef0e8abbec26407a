import { layerOf, PURE_LAYERS } from './layers.ts'
import { codeOnly, type Finding, lineAt, type SourceFile } from './source-file.ts'

const WORLD =
  /(?<![.\w$])(?:new Date\b|Date\.(?:now|parse)|Date\(|Math\.random|process\.|performance\.|setTimeout\(|setInterval\(|setImmediate\(|fetch\(|console\.)/g

/** Pure layers use no clock, no randomness and no process. */
export function checkPurity(files: readonly SourceFile[]): readonly Finding[] {
  return files
    .filter(({ path }) => PURE_LAYERS.includes(layerOf(path) ?? ''))
    .flatMap(({ path, text }) =>
      [...codeOnly(text).matchAll(WORLD)].map(match => ({
        severity: 'error' as const,
        place: `${path}:${lineAt(text, match.index)}`,
        message: `Layer "${layerOf(path)}" is pure and uses "${match[0]}"`,
      })),
    )
}

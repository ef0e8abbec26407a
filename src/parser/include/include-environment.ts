import type { AbsolutePath } from '../../base/absolute-path.ts'
import { itemsOf, type MapNode, stringOf } from '../document/node.ts'
import { type EnvFile, type ProjectEnvironment, withEnvFiles } from '../environment/project-environment.ts'
import type { LayerScope } from '../layer/layer-scope.ts'
import type { LoadSession } from '../layer/load-session.ts'
import { displayPath, resolvePath } from '../locate/resolve-path.ts'
import type { PathBase } from '../normalise/resolve-paths.ts'
import { valueAt } from '../rules/rule-context.ts'

/** Means no env file at all, not even the default one. */
const NONE = '/dev/null'

/**
 * Returns the variables of an included project that lies in `base`: those of the including one, then those of the
 * `env_file` of `item`, else of the folder's `.env` where there is one.
 */
export function includeEnvironment(
  item: MapNode,
  base: PathBase,
  { scope, session }: { readonly scope: LayerScope; readonly session: LoadSession },
): ProjectEnvironment {
  const outer: ProjectEnvironment = { ...scope.environment, diagnostics: [] }
  const envFileAt = (path: AbsolutePath) => ({
    path,
    name: displayPath(session.request.workingDirectory, path),
  })
  const named = itemsOf(valueAt(item, 'env_file')).flatMap((node): readonly EnvFile[] => {
    const text = stringOf(node)
    if (text === undefined) return []
    const path = resolvePath(scope.base.folder, text, scope.base.home)
    return [{ ...envFileAt(path), required: true, span: node.span }]
  })
  const fallback = { ...envFileAt(resolvePath(base.folder, '.env')), required: false }
  const files = named.length > 0 ? named.filter(({ path }) => path !== NONE) : [fallback]
  const environment = withEnvFiles(outer, files, session.ports)
  session.findings.reading.push(...environment.diagnostics)
  return environment
}

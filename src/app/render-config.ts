import { type Checked, hasErrors } from '../base/diagnostic.ts'
import { selectedPart } from '../parser/compose-output/selected-part.ts'
import { toComposeJson, toComposeYaml } from '../parser/compose-output/to-compose-output.ts'
import { withoutConsequences } from '../parser/diagnostics/without-consequences.ts'
import { templateVariables } from '../parser/interpolate/template-variables.ts'
import type { ComposeDocument } from '../parser/load-compose-document.ts'
import type { LoadRequest, OptionalStage } from '../parser/load-request.ts'
import { checkSupported } from '../parser/supported/check-supported.ts'
import type { AppContext } from './app-context.ts'
import { namesIn } from './config-names.ts'
import type { ConfigDocumentView, ConfigResult, ConfigView } from './config-view.ts'
import { desiredOf } from './desired-of.ts'
import { type Loaded, toLoadRequest } from './find-project.ts'
import { loadDocument as loadFiles } from './load/load-document.ts'
import { loadProject } from './load/load-project.ts'
import { loadToStart } from './load-to-start.ts'
import { pinImages } from './pin-images.ts'
import type { ProjectRequest } from './project-request.ts'
import { serviceFileReader } from './service-file-reader.ts'
import { withDigests } from './with-digests.ts'

/**
 * Reads the file of `request` and returns what `view` asks of it.
 *
 * @throws {TcomposeError} `image-source-unsupported` for a digest that this version cannot look up; `service-file` where
 * hashes depend on a secret or config that cannot be read.
 */
export async function renderConfig(
  context: AppContext,
  request: ProjectRequest,
  view: Exclude<ConfigView, { kind: 'check' }>,
): Promise<ConfigResult> {
  if (view.kind === 'hashes') return renderHashes(context, request, view)
  const { value, diagnostics } = await loadDocument(context, { request, ...needsOf(view) })
  if (value === undefined) return { kind: 'invalid', diagnostics }
  switch (view.kind) {
    case 'document':
      return { kind: 'text', text: await documentText(context, value, view), diagnostics }
    case 'names': {
      const { document } = value
      const part = selectedPart(document, { services: [], allResources: view.allResources })
      return { kind: 'lines', lines: namesIn({ ...value, document: part }, view.of), diagnostics }
    }
    case 'environment': {
      const lines = [...value.variables].map(([name, text]) => `${name}=${text}`).sort()
      return { kind: 'lines', lines, diagnostics }
    }
    case 'variables':
      return { kind: 'variables', variables: templateVariables(value.document), diagnostics }
  }
}

interface DocumentNeeds {
  readonly services: readonly string[]
  readonly leaveOut: readonly OptionalStage[]
  /** Services that their profiles keep off, too. */
  readonly everyProfile?: boolean
}

/**
 * What a view asks of the load. Where variables stay, env files are not read either, since their paths may hold one,
 * and the model is complete: what is off or unused stays, as a variable may turn it on.
 */
function needsOf(view: Exclude<ConfigView, { kind: 'hashes' | 'check' }>): DocumentNeeds {
  switch (view.kind) {
    case 'document': {
      const { services, leaveOut } = view
      return leaveOut.includes('interpolation')
        ? { services, leaveOut: [...leaveOut, 'environment'], everyProfile: true }
        : { services, leaveOut }
    }
    case 'variables':
      return {
        services: [],
        leaveOut: ['interpolation', 'normalisation', 'consistency', 'environment'],
        everyProfile: true,
      }
    case 'names':
      return { services: [], leaveOut: [...(view.leaveOut ?? []), 'environment'] }
    case 'environment':
      return { services: [], leaveOut: ['environment'] }
  }
}

async function loadDocument(
  context: AppContext,
  { request, services, leaveOut, everyProfile }: DocumentNeeds & { readonly request: ProjectRequest },
): Promise<Checked<ComposeDocument>> {
  const profiles = everyProfile ? ['*'] : request.profiles
  const wanted = { ...toLoadRequest(context, { ...request, profiles }, services), leaveOut }
  const loaded = await loadFiles(wanted, context)
  if (loaded.value === undefined) return loaded
  const unsupported = checkSupported(loaded.value.document, true)
  return { value: loaded.value, diagnostics: withoutConsequences([loaded.diagnostics, unsupported]) }
}

async function documentText(
  context: AppContext,
  { document }: ComposeDocument,
  view: ConfigDocumentView,
): Promise<string> {
  const isTemplate = view.leaveOut.includes('interpolation')
  const allResources = view.allResources || isTemplate
  const part = selectedPart(document, { services: view.services, allResources })
  const pinned = view.digests === 'keep' ? part : await pinImages(context.engine, part, view.digests)
  const print = view.format === 'yaml' ? toComposeYaml : toComposeJson
  return print(
    { document: pinned },
    {
      escapeDollars: !isTemplate,
      showNulls: view.digests !== 'lock',
      order: isTemplate ? 'alphabetical' : 'canonical',
    },
  )
}

async function renderHashes(
  context: AppContext,
  request: ProjectRequest,
  { services, leaveOut = [] }: Extract<ConfigView, { kind: 'hashes' }>,
): Promise<ConfigResult> {
  const fresh = { ...context, memo: undefined }
  const lenient = { ...request, allowUnsupported: true }
  const { project, diagnostics } =
    leaveOut.length === 0
      ? await loadToStart(fresh, lenient, services)
      : await loadInPart({ ...toLoadRequest(context, lenient, services), leaveOut }, fresh)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const options = { services, noDeps: services.length > 0, scale: new Map() }
  const read = serviceFileReader(context, { request, project })
  const digests = await withDigests(project, desiredOf(project, options), { engine: context.engine, read })
  if (digests.kind === 'unreadable') throw digests.errors[0]
  const { services: desired } = desiredOf(digests.project, options)
  const lines = desired.map(({ config, configHash }) => `${config.name} ${configHash}`).sort()
  return { kind: 'lines', lines, diagnostics }
}

async function loadInPart(request: LoadRequest, context: AppContext): Promise<Loaded> {
  const { value, diagnostics } = await loadProject(request, context)
  return { project: value, diagnostics }
}

import type { Checked } from '../../base/diagnostic.ts'
import { type ComposeDocument, loadComposeDocument } from '../../parser/load-compose-document.ts'
import type { LoadRequest } from '../../parser/load-request.ts'
import type { AppContext } from '../app-context.ts'
import { loadWithRemotes } from './load-with-remotes.ts'

/** Loads the files that `request` means as one document, those of other machines too. */
export async function loadDocument(
  request: LoadRequest,
  { files, environment, remotes, interruptibly }: AppContext,
): Promise<Checked<ComposeDocument>> {
  return await loadWithRemotes(request, remotes, source =>
    interruptibly(() => loadComposeDocument(request, { files, environment, remotes: source })),
  )
}

import type { CliPorts } from '../cli-ports.ts'
import type { OutputSettings } from '../options/output-settings.ts'
import { jsonProgress } from './progress-json.ts'
import { plainProgress } from './progress-plain.ts'
import { type ProgressView, quietView } from './progress-view.ts'

/**
 * Opens the view that the settings ask for, on the stream that they name. `title` heads it, e.g. `up`. listr2 is loaded
 * where a picture is redrawn, and nowhere else.
 */
export async function openProgress(
  title: string,
  settings: OutputSettings,
  ports: CliPorts,
): Promise<ProgressView> {
  const { now, every } = ports
  const { isDryRun = false } = settings
  const output = ports[settings.progressStream]
  switch (settings.progress) {
    case 'tty': {
      // On a terminal the plan says it all.
      if (isDryRun) return quietView
      const { ttyProgress } = await import('./progress-tty.ts')
      return ttyProgress(title, settings.isErrorColored, { output, now, every })
    }
    case 'plain':
      return plainProgress({ output, now, isDryRun })
    case 'json':
      return jsonProgress({ output, now, isDryRun })
    case 'quiet':
      return quietView
    case 'github':
    case 'gitlab': {
      const { groupedProgress } = await import('./progress-groups.ts')
      return groupedProgress(title, settings.progress, { output, now, isDryRun })
    }
  }
}

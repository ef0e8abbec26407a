import type { CliPorts } from '../cli-ports.ts'
import type { OutputSettings } from '../options/output-settings.ts'
import { jsonProgress } from './progress-json.ts'
import { plainProgress } from './progress-plain.ts'
import { ttyProgress } from './progress-tty.ts'
import { type ProgressView, quietView } from './progress-view.ts'

/** Opens the view that the settings ask for, on standard error. `title` heads it, e.g. `up`. */
export function openProgress(title: string, settings: OutputSettings, ports: CliPorts): ProgressView {
  const { stderr: output, now, every } = ports
  switch (settings.progress) {
    case 'tty':
      return ttyProgress(title, settings.isErrorColored, { output, now, every })
    case 'plain':
      return plainProgress({ output, now })
    case 'json':
      return jsonProgress({ output, now })
    case 'quiet':
      return quietView
  }
}

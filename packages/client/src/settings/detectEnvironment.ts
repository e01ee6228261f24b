import { MCP_HOSTS, type McpHost } from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import { type DetectedEnvironment, osTypeOf } from './environment.ts'
import { findInstallation } from './installation.ts'
import { assistantIn, editorIn } from './mcpHost.ts'
import { type Caller, readState } from './state.ts'

/**
 * The environment of an event, except for the fields that come from the logs. It does not start VoiceMode.
 *
 * @param caller who VoiceMode is used from, if the caller of this function knows. Default: the assistant that this process's
 *   environment shows, else the one that was last remembered.
 */
export function detectEnvironment(host: Host, caller: Caller = {}): DetectedEnvironment {
  const installation = findInstallation(host)
  return {
    os_type: osTypeOf(host.platform),
    install_method: installation?.method ?? 'unknown',
    mcp_host:
      known(caller.mcpHost) ??
      assistantIn(host.env) ??
      known(readState(host).caller?.mcpHost) ??
      editorIn(host.env) ??
      'unknown',
    installedVersion: installation?.version,
  }
}

/** A remembered word comes from a file, and anybody may have changed that. */
function known(word: string | undefined): McpHost | undefined {
  return MCP_HOSTS.find((host) => host === word)
}

import { MCP_HOSTS, type McpHost } from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import { type DetectedEnvironment, osTypeOf } from './environment.ts'
import { findInstallation } from './installation.ts'
import { assistantIn, editorIn } from './mcpHost.ts'
import { type Caller, readState } from './state.ts'

/**
 * The environment of an event, found without starting VoiceMode.
 *
 * @param caller what somebody knows better than the environment of this process tells. Where neither says who VoiceMode is
 *   used from, it is what was last remembered.
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

/** What is remembered lies in a file that anybody may have changed. */
function known(word: string | undefined): McpHost | undefined {
  return MCP_HOSTS.find((host) => host === word)
}
